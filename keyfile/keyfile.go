package keyfile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// File is a [contactsync.KeySource]: keys in a file.
type File struct {
	Path string
	// Make: where there is no file, one with fresh keys is made, in a directory that is there. Any number of processes may ask at once:
	// one of them makes it, and all have its keys. Leave it out where the file must be there already: a file that was lost is
	// then an error that says so, and not another key, for which [contactsync.ErrKeyChanged] would stop every run.
	Make bool
}

var _ contactsync.KeySource = File{}

// Keys implements [contactsync.KeySource]. An error names the file and never what it holds; it wraps [io/fs.ErrNotExist] where
// there is none. A file that others than its owner may read or write is refused (but on Windows, where that is not looked at),
// and so is one that is damaged.
func (f File) Keys(context.Context) (contactsync.Keys, error) {
	keys, err := f.read()
	if f.Make && errors.Is(err, fs.ErrNotExist) {
		if err = f.make(); err == nil || errors.Is(err, fs.ErrExist) { // another process was first
			keys, err = f.read()
		}
	}
	if err != nil {
		return contactsync.Keys{}, fmt.Errorf("keyfile: %w", err)
	}
	return keys, nil
}

// Rotate puts a fresh journal key before those in the file, in one step. Engines that are made from then on seal under it; what was
// sealed before can still be opened. Until all processes have engines of their own made anew, an undo by an older one of what a newer
// one wrote fails with [contactsync.ErrJournalKey]. One process at a time rotates a file.
func (f File) Rotate() error {
	keys, err := f.read()
	if err == nil {
		keys.FormerJournal = append([][]byte{keys.Journal}, keys.FormerJournal...)
		keys.Journal = fresh()
		err = f.write(keys, os.Rename)
	}
	if err != nil {
		return fmt.Errorf("keyfile: rotate: %w", err)
	}
	return nil
}

// largest is more than a file with a thousand former keys has.
const largest = 100_000

func (f File) read() (contactsync.Keys, error) {
	if f.Path == "" {
		return contactsync.Keys{}, &contactsync.InvalidError{Field: "Path", Reason: "is missing"}
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return contactsync.Keys{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return contactsync.Keys{}, err
	case !info.Mode().IsRegular():
		return contactsync.Keys{}, fmt.Errorf("%s is not a file", f.Path)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return contactsync.Keys{}, fmt.Errorf("%s may be read or written by others than its owner (mode %04o): chmod 600, and think of the keys as known to whoever could read it", f.Path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(file, largest))
	if err != nil {
		return contactsync.Keys{}, err
	}
	keys, err := decode(string(text))
	if err != nil {
		return contactsync.Keys{}, fmt.Errorf("%s: %w; put it back from a backup", f.Path, err)
	}
	return keys, nil
}

// make makes the file unless it is there; [fs.ErrExist] where it is. A link, other than a rename, never replaces a file.
func (f File) make() error {
	return f.write(contactsync.Keys{Fingerprint: fresh(), Journal: fresh()}, os.Link)
}

// write writes a file that only its owner can read beside the place where it is to be, and puts it there once it is whole.
func (f File) write(keys contactsync.Keys, put func(from, to string) error) error {
	temp, err := os.CreateTemp(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(encode(keys))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := put(temp.Name(), f.Path); err != nil {
		return err
	}
	// Its name lasts once the directory is written. Not every system can do that to a directory.
	if dir, err := os.Open(filepath.Dir(f.Path)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}

func fresh() []byte {
	key := make([]byte, keyLen)
	_, _ = rand.Read(key) // it never fails
	return key
}
