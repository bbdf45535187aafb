package keyfile_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-42871e99/crmsync/keyfile"
)

// The file is made once, when the CRM is set up; from then on it must be there. The journal's key is replaced once a year.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "contactsync.keys")
	if _, err := (keyfile.File{Path: path, Make: true}).Keys(context.Background()); err != nil {
		panic(err)
	}

	source := keyfile.File{Path: path} // Config.KeySource
	if err := source.Rotate(); err != nil {
		panic(err)
	}
	keys, err := source.Keys(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(keys, len(keys.FormerJournal))
	// Output: (keys) 1
}
