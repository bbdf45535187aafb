package graphadapter

import (
	"context"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// folderMemory remembers for a short while which folder ids are contact folders.
type folderMemory struct {
	at      time.Time
	contact map[string]bool // false: looked for since at, and none of the contact folders
}

// folderMemoryTime is how long the folders of a mailbox are taken to stay.
const folderMemoryTime = 2 * time.Minute

func (b *mailbox) rememberFolders(folders []contactsync.Folder, now time.Time) {
	m := folderMemory{at: now, contact: make(map[string]bool, len(folders))}
	for _, f := range folders {
		m.contact[f.ID] = true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.folders = m
}

func (b *mailbox) forgetFolders() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.folders = folderMemory{}
}

// isContactFolder says whether an id is that of a contact folder; known is false when that must be looked up.
func (b *mailbox) isContactFolder(id string, now time.Time) (yes, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.folders.at) >= folderMemoryTime || now.Before(b.folders.at) {
		return false, false
	}
	yes, known = b.folders.contact[id]
	return yes, known
}

func (b *mailbox) rememberOther(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.folders.contact != nil {
		b.folders.contact[id] = false
	}
}

// isContactFolder reports whether an id is that of one of the mailbox's contact folders. A folder that was made since
// they were last listed is not overlooked: an id not met before lists them again.
func (s *session) isContactFolder(ctx context.Context, id string) (bool, error) {
	if yes, known := s.box.isContactFolder(id, s.d.opts.Now()); known {
		return yes, nil
	}
	folders, err := s.allFolders(ctx)
	if err != nil {
		return false, err
	}
	for _, f := range folders {
		if f.ID == id {
			return true, nil
		}
	}
	s.box.rememberOther(id)
	return false, nil
}

// mustBeThere refuses a folder that is none of the mailbox's contact folders: a deleted one, which may still answer from
// inside Deleted Items, or one that others share.
func (s *session) mustBeThere(ctx context.Context, folder string) error {
	there, err := s.isContactFolder(ctx, folder)
	if err != nil || there {
		return err
	}
	if s.box.knownDefault() == "" {
		// It may be the default folder, which the list leaves out.
		if _, err := s.folder(ctx, folder); err == nil || !isNoFolder(err) {
			return err
		}
	}
	return contactsync.ErrFolderGone
}
