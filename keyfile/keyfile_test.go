package keyfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/keyfile"
)

// made is a file that the package made, and its keys.
func made(t *testing.T) (keyfile.File, contactsync.Keys) {
	t.Helper()
	f := keyfile.File{Path: filepath.Join(t.TempDir(), "keys"), Make: true}
	keys, err := f.Keys(t.Context())
	require.NoError(t, err)
	f.Make = false
	return f, keys
}

func text(t *testing.T, f keyfile.File) string {
	t.Helper()
	b, err := os.ReadFile(f.Path)
	require.NoError(t, err)
	return string(b)
}

// alone asserts that nothing lies beside the file.
func alone(t *testing.T, f keyfile.File) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(f.Path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "files in the directory of the keys")
}

func TestMadeOnceAndKept(t *testing.T) {
	f, keys := made(t)

	assert.Len(t, keys.Fingerprint, 32)
	assert.Len(t, keys.Journal, 32)
	assert.NotEqual(t, keys.Fingerprint, keys.Journal)
	assert.Empty(t, keys.FormerJournal)
	for _, mayMake := range []bool{false, true} {
		f.Make = mayMake
		again, err := f.Keys(t.Context())
		require.NoError(t, err)
		assert.True(t, assert.ObjectsAreEqual(keys, again))
	}
	_, others := made(t)
	assert.NotEqual(t, keys.Fingerprint, others.Fingerprint)
	alone(t, f)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(f.Path)
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	}
}

func TestNotMadeUnlessAskedTo(t *testing.T) {
	f := keyfile.File{Path: filepath.Join(t.TempDir(), "keys")}

	_, err := f.Keys(t.Context())

	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, f.Path)
	require.NoFileExists(t, f.Path)
}

func TestNoDirectory(t *testing.T) {
	f := keyfile.File{Path: filepath.Join(t.TempDir(), "not there", "keys"), Make: true}

	_, err := f.Keys(t.Context())

	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "not there")
}

// Whoever makes it, all have the same keys, and nobody reads half a file.
func TestMadeByManyAtOnce(t *testing.T) {
	for range 20 {
		f := keyfile.File{Path: filepath.Join(t.TempDir(), "keys"), Make: true}
		const many = 8
		var got [many]contactsync.Keys
		var errs [many]error
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range many {
			wg.Go(func() {
				<-start
				got[i], errs[i] = f.Keys(t.Context())
			})
		}
		close(start)
		wg.Wait()
		for i := range many {
			require.NoError(t, errs[i])
			require.True(t, assert.ObjectsAreEqual(got[0], got[i]), "two processes have different keys")
		}
		alone(t, f)
	}
}

func TestOthersMayNotReadIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("modes are not looked at on Windows")
		return
	}
	f, _ := made(t)
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o620, 0o601} {
		require.NoError(t, os.Chmod(f.Path, mode))
		_, err := f.Keys(t.Context())
		require.ErrorContains(t, err, f.Path)
		require.ErrorContains(t, err, "chmod 600")
		require.Error(t, f.Rotate())
	}
	for _, mode := range []fs.FileMode{0o600, 0o400} {
		require.NoError(t, os.Chmod(f.Path, mode))
		_, err := f.Keys(t.Context())
		require.NoError(t, err)
	}
}

// Any byte that is changed, and any end that is cut off, is noticed; the error names the file and nothing in it.
func TestDamageIsNoticed(t *testing.T) {
	f, keys := made(t)
	require.NoError(t, f.Rotate())
	whole := text(t, f)
	refused := func(damaged, what string, at int) {
		require.NoError(t, os.WriteFile(f.Path, []byte(damaged), 0o600))
		_, err := f.Keys(t.Context())
		require.Error(t, err, "%s %d", what, at)
		require.ErrorContains(t, err, f.Path)
		for _, word := range strings.Fields(whole) {
			if len(word) == 64 {
				require.NotContains(t, err.Error(), word)
			}
		}
		require.Error(t, f.Rotate(), "a damaged file is not written over")
		require.Equal(t, damaged, text(t, f))
	}
	for i := range whole {
		refused(whole[:i], "cut off at", i)
		other := byte('0')
		if whole[i] == other {
			other = '1'
		}
		refused(whole[:i]+string(other)+whole[i+1:], "changed at", i)
	}
	lines := strings.SplitAfter(whole, "\n")
	refused(lines[0]+lines[1]+lines[4]+lines[5], "no journal key", 0)
	refused(lines[0]+lines[2]+lines[3]+lines[4], "no fingerprint key", 0)
	refused(lines[0]+lines[1]+strings.Join(lines[1:], ""), "two fingerprint keys", 0)
	refused(whole+"more\n", "more after the end", 0)
	require.NoError(t, os.WriteFile(f.Path, []byte(strings.ReplaceAll(whole, "\n", "\r\n")), 0o600))
	got, err := f.Keys(t.Context())
	require.NoError(t, err, "an editor's line ends are no damage")
	require.Equal(t, keys.Fingerprint, got.Fingerprint)
}

func TestNoPath(t *testing.T) {
	t.Chdir(t.TempDir())
	f := keyfile.File{Make: true}
	_, err := f.Keys(t.Context())
	for _, err := range []error{err, f.Rotate()} {
		var invalid *contactsync.InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, "Path", invalid.Field)
	}
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestDirectoryIsNoFile(t *testing.T) {
	f := keyfile.File{Path: t.TempDir(), Make: true}
	_, err := f.Keys(t.Context())
	require.ErrorContains(t, err, f.Path)
}

func TestRotate(t *testing.T) {
	f, first := made(t)

	require.NoError(t, f.Rotate())
	second, err := f.Keys(t.Context())
	require.NoError(t, err)
	require.NoError(t, f.Rotate())
	third, err := f.Keys(t.Context())
	require.NoError(t, err)

	assert.Equal(t, first.Fingerprint, third.Fingerprint)
	assert.Equal(t, [][]byte{first.Journal}, second.FormerJournal)
	assert.Equal(t, [][]byte{second.Journal, first.Journal}, third.FormerJournal)
	assert.NotEqual(t, second.Journal, third.Journal)
	alone(t, f)

	lines := strings.SplitAfter(text(t, f), "\n")
	require.NoError(t, os.WriteFile(f.Path, []byte(strings.Join(append(lines[:4:4], lines[5:]...), "")), 0o600))
	last, err := f.Keys(t.Context())
	require.NoError(t, err, "the line of a former key may be deleted")
	assert.Equal(t, [][]byte{second.Journal}, last.FormerJournal)
}

func TestRotateWhatIsNotThere(t *testing.T) {
	f := keyfile.File{Path: filepath.Join(t.TempDir(), "keys"), Make: true}
	require.ErrorIs(t, f.Rotate(), fs.ErrNotExist)
	require.NoFileExists(t, f.Path)
}
