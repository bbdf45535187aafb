package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// The files of a folder.
const (
	crmFile   = "crm.snapshot"
	stateFile = "state.snapshot"
	keyFile   = "key"
)

// savedStore is a CRM in memory that is saved after each write of the sync.
type savedStore struct {
	*memstore.Store
	path string
}

// Apply implements contactsync.Store. What cannot be saved was not written, as far as the engine is told: it looks again.
func (s savedStore) Apply(ctx context.Context, sc contactsync.Scope, writes []contactsync.Write) ([]contactsync.Result, error) {
	results, err := s.Store.Apply(ctx, sc, writes)
	if err != nil {
		return nil, err
	}
	return results, memstore.SaveFile(s.path, s.Store)
}

// savedState is a State in memory that is saved at each step. Intents reach the file before the engine acts on them, so
// that a run may be stopped anywhere. A product takes a State over its database, which writes only what changed.
type savedState struct {
	*memstore.State
	path string
}

// Save implements contactsync.State.
func (s savedState) Save(ctx context.Context, l contactsync.Lease, b contactsync.Batch) error {
	if err := s.State.Save(ctx, l, b); err != nil {
		return err
	}
	return memstore.SaveFile(s.path, s.State)
}

// PutConnection implements contactsync.State.
func (s savedState) PutConnection(ctx context.Context, c contactsync.Connection) error {
	if err := s.State.PutConnection(ctx, c); err != nil {
		return err
	}
	return memstore.SaveFile(s.path, s.State)
}

// openStore loads the CRM of the folder, or makes it from an export. It writes nothing.
func openStore(dir, csv string) (*memstore.Store, error) {
	store := memstore.NewStore(people.Schema)
	err := memstore.LoadFile(filepath.Join(dir, crmFile), store)
	switch {
	case err == nil && csv != "":
		return nil, fmt.Errorf("the folder %s has a CRM already: leave -csv out, or take another folder", dir)
	case err == nil:
		return store, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case csv == "":
		return nil, fmt.Errorf("the folder %s has no CRM yet: make one from an export with -csv", dir)
	}
	content, err := os.ReadFile(csv)
	if err != nil {
		return nil, err
	}
	export, err := people.ReadCSV(csv, content)
	if err != nil {
		return nil, err
	}
	for _, p := range export.People {
		fields, err := record.Encode(people.Schema, p)
		if err != nil {
			return nil, err
		}
		if _, err := store.Tenant(tenantID).Put(p.ID, fields); err != nil {
			return nil, fmt.Errorf("CRM record %s: %w", p.ID, err)
		}
	}
	return store, nil
}

// openKey reads the key of the folder, or makes one. It writes nothing.
func openKey(dir string) ([]byte, error) {
	key, err := os.ReadFile(filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, 32)
		_, err = rand.Read(key)
	}
	return key, err
}

// keep makes the folder where there is none: the key before anything that is made with it. A key that is there stays.
func (d *desk) keep() error {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(d.dir, keyFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
	case err != nil:
		return err
	default:
		_, err = f.Write(d.key)
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(f.Name()))
		}
	}
	return memstore.SaveFile(filepath.Join(d.dir, crmFile), d.store)
}
