// Package layout holds what is true of the tree as a whole.
package layout

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/seed-42871e99/crmsync"

// The core is what every host compiles: it may import the standard library, golang.org/x and the phone library, and
// nothing else; no driver, no SDK, no test package.
func TestCoreDependencies(t *testing.T) {
	allowed := []string{
		module + "/",
		"golang.org/x/",
		"github.com/nyaruka/phonenumbers",
		"google.golang.org/protobuf", // the phone library's own
	}
	core := []string{"record", "filter", "mapping", "match", "conflict", "contactsync", "memstore", "sqlstate", "keyfile", "preset"}
	for _, pkg := range core {
		for _, dep := range deps(t, "./"+pkg) {
			standard := !strings.Contains(strings.SplitN(dep, "/", 2)[0], ".")
			if standard {
				require.False(t, dep == "testing" || strings.HasPrefix(dep, "testing/"), "%s links %s into a host's binary", pkg, dep)
				continue
			}
			require.True(t, hasAnyPrefix(dep, allowed), "%s depends on %s", pkg, dep)
		}
	}
}

// What each package may import of the project, as ARCHITECTURE.md draws it.
func TestLayers(t *testing.T) {
	may := map[string][]string{
		"record":          {"internal/siphash"},
		"filter":          {"record"},
		"mapping":         {"record"},
		"match":           {"record"},
		"conflict":        {"record", "mapping"},
		"contactsync":     {"record", "filter", "mapping", "match", "conflict"},
		"memstore":        {"contactsync", "internal/statecode", "record", "match", "conflict", "mapping", "filter"},
		"sqlstate":        {"contactsync", "internal/statecode", "record", "match", "conflict"},
		"keyfile":         {"contactsync"},
		"preset":          {"contactsync", "record", "filter", "mapping", "match", "conflict"},
		"graphtest":       {},
		"graphadapter":    {"contactsync", "record", "match", "conflict", "mapping", "filter"},
		"contactsynctest": {"contactsync", "record", "match", "conflict", "mapping", "filter"},
		"internal/mutate": {},

		"internal/statecode": {"contactsync", "match"},
	}
	for pkg, allowed := range may {
		for _, imported := range imports(t, "./"+pkg) {
			own, ok := strings.CutPrefix(imported, module+"/")
			if !ok || own == pkg || strings.HasPrefix(own, pkg+"/") {
				continue
			}
			require.Contains(t, allowed, own, "%s imports %s", pkg, own)
		}
	}
}

// The emulator shares nothing with the SDK or the adapter, so that neither's mistakes hide in it.
func TestEmulatorIsStandardLibraryOnly(t *testing.T) {
	for _, dep := range deps(t, "./graphtest") {
		if strings.HasPrefix(dep, module+"/graphtest") || strings.HasPrefix(dep, "vendor/") {
			continue
		}
		require.NotContains(t, strings.SplitN(dep, "/", 2)[0], ".", "graphtest depends on %s", dep)
	}
}

// The SDK's 591,000 lines of models are compiled by those who ask for them, and by nobody else.
func TestNobodyImportsTheFullSDK(t *testing.T) {
	for _, dep := range deps(t, "./...") {
		require.NotEqual(t, "github.com/microsoftgraph/msgraph-sdk-go", dep)
	}
}

func deps(t *testing.T, pkg string) []string    { return list(t, "-deps", "-f", "{{.ImportPath}}", pkg) }
func imports(t *testing.T, pkg string) []string { return list(t, "-f", `{{join .Imports "\n"}}`, pkg) }

func list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = "../.."
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	var said strings.Builder // also what it downloads on a machine that has nothing yet
	cmd.Stderr = &said
	out, err := cmd.Output()
	require.NoError(t, err, said.String())
	return strings.Fields(string(out))
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
