package memstore

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SaveFile writes a snapshot to a file that only its owner can read, in one step: whatever happens, the file is the old one
// or the new one, whole. The directory must be there.
func SaveFile(path string, from io.WriterTo) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("memstore: save: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("memstore: save %s: %w", path, err)
		}
	}()
	if _, err := from.WriteTo(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	// The rename lasts once the directory is written. Not every system can do that to a directory; the file is whole anyway.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		dir.Sync()
		dir.Close()
	}
	return nil
}

// LoadFile reads a snapshot from a file. An error wraps [io/fs.ErrNotExist] when there is none.
func LoadFile(path string, into io.ReaderFrom) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("memstore: load: %w", err)
	}
	defer f.Close()
	if _, err := into.ReadFrom(f); err != nil {
		return fmt.Errorf("memstore: load %s: %w", path, err)
	}
	return nil
}
