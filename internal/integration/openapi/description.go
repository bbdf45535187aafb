package openapi

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Description is Microsoft's description of Graph, ready to check traffic against. It is safe for concurrent use.
type Description struct {
	router routers.Router
}

// Load reads a description from a file: OpenAPI 3.0, YAML or JSON, with contacts and contact folders in it. It fails
// when one of the [Exceptions] finds no place: then the description has changed, and the exception must be looked at.
func Load(file string) (*Description, error) { return load(file, Exceptions) }

func load(file string, exceptions []Exception) (*Description, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("openapi: %s: %w", file, err)
	}
	doc.Servers = openapi3.Servers{{URL: versionRoot}} // the emulator has a root of its own
	seal(doc)
	for _, e := range exceptions {
		if e.amend != nil && e.amend(doc) == 0 {
			return nil, fmt.Errorf("openapi: %s: the exception %q finds no place in it", file, e.Name)
		}
	}
	demandOneLink(doc)
	narrowOptions(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("openapi: %s: %w", file, err)
	}
	return &Description{router: router}, nil
}

// ErrLeftOut says that there is no description to check against, and that this is allowed.
var ErrLeftOut = errors.New("validation against Microsoft's description of Graph is LEFT OUT: OPENAPI_FILE names no file")

// FromEnv loads the description that OPENAPI_FILE names. Where it is not set the error is [ErrLeftOut], unless CI is
// "true": continuous integration must not lose the check unnoticed. There, "none" leaves it out.
func FromEnv() (*Description, error) {
	switch file := os.Getenv("OPENAPI_FILE"); {
	case file == "" && os.Getenv("CI") == "true":
		return nil, errors.New("openapi: OPENAPI_FILE is not set, and CI=true demands it")
	case file == "", file == "none":
		return nil, ErrLeftOut
	default:
		return Load(file)
	}
}
