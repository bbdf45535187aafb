package graphtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The methods in this file act as the user does in Outlook: past Graph, its limits and its hooks, and seen by the next
// delta. A mailbox is named by its address and made when new; "" and "me" are Options.Me. A folder is named by its id,
// or "" or "contacts" for the default one. A contact is named by either form of its id.

// DeletedItems names the Deleted Items folder where a folder is asked for.
const DeletedItems = "deleteditems"

// AddContact stores c in the folder that c.ParentFolderID names, with displayName and fileAs computed where empty, and
// returns it as stored. It panics if there is no such folder or an id in c.Extended is none: both are mistakes of the
// test.
func (s *Server) AddContact(mailbox string, c Contact) Contact {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	f, err := m.userFolder(c.ParentFolderID)
	if err != nil {
		panic("graphtest: AddContact: " + err.Error())
	}
	c = c.clone()
	if err := c.tidy(); err != nil {
		panic("graphtest: AddContact: " + err.Error())
	}
	if c.DisplayName == "" {
		c.DisplayName = c.computedDisplayName()
	}
	if c.FileAs == "" {
		c.FileAs = c.computedFileAs()
	}
	it := m.addItem(f, c, byUser, s.now())
	it.changed = s.now()
	return it.clone()
}

// EditContact lets change work on a copy of a contact and stores what it left. The server's own fields are not taken
// from it. It fails if there is no such contact outside Deleted Items.
func (s *Server) EditContact(mailbox, id string, change func(*Contact)) (Contact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, it, err := s.userItem(mailbox, id)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: EditContact: %w", err)
	}
	c := it.clone()
	change(&c)
	if err := c.tidy(); err != nil {
		return Contact{}, fmt.Errorf("graphtest: EditContact: %w", err)
	}
	c.ID, c.ImmutableID, c.ParentFolderID, c.CreatedDateTime = it.ID, it.ImmutableID, it.ParentFolderID, it.CreatedDateTime
	s.aboutToChange(it, s.now())
	it.Contact, it.empty = c.clone(), 0
	m.touch(it, byUser, s.now())
	return it.clone(), nil
}

// DeleteContact puts a contact into Deleted Items. MoveContact takes it out again.
func (s *Server) DeleteContact(mailbox, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, it, err := s.userItem(mailbox, id)
	if err != nil {
		return fmt.Errorf("graphtest: DeleteContact: %w", err)
	}
	m.trash(it, byUser, &s.quirks, s.now())
	return nil
}

// PurgeContact removes a contact for good, from its folder or from Deleted Items.
func (s *Server) PurgeContact(mailbox, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	it, err := m.anyItem(id)
	if err != nil {
		return fmt.Errorf("graphtest: PurgeContact: %w", err)
	}
	m.purge(it, byUser, &s.quirks, s.now())
	return nil
}

// MoveContact moves a contact into a folder, also out of Deleted Items. Its ordinary id changes.
func (s *Server) MoveContact(mailbox, id, folder string) (Contact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	it, err := m.anyItem(id)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: MoveContact: %w", err)
	}
	f, err := m.userFolder(folder)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: MoveContact: %w", err)
	}
	m.move(it, f, byUser, &s.quirks, s.now())
	return it.clone(), nil
}

// CopyContact makes a second contact with everything the first has, its extended properties too, and ids of its own.
func (s *Server) CopyContact(mailbox, id, folder string) (Contact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, it, err := s.userItem(mailbox, id)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: CopyContact: %w", err)
	}
	f, err := m.userFolder(folder)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: CopyContact: %w", err)
	}
	c := m.addItem(f, it.clone(), byUser, s.now())
	c.changed = s.now()
	return c.clone(), nil
}

// CompleteContact plays Outlook's address-book completion: a contact takes over names, company, job and phones from
// another one, wherever that has a value. It fails unless the two share an e-mail address.
func (s *Server) CompleteContact(mailbox, id, from string) (Contact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, it, err := s.userItem(mailbox, id)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: CompleteContact: %w", err)
	}
	_, other, err := s.userItem(mailbox, from)
	if err != nil {
		return Contact{}, fmt.Errorf("graphtest: CompleteContact: %w", err)
	}
	if !slices.ContainsFunc(other.EmailAddresses, func(e EmailAddress) bool { return it.hasAddress(e.Address) }) {
		return Contact{}, fmt.Errorf("graphtest: CompleteContact: the contacts %s and %s share no e-mail address", id, from)
	}
	s.aboutToChange(it, s.now())
	for _, name := range []string{"givenName", "surname", "displayName", "fileAs", "companyName", "department", "jobTitle", "officeLocation", "mobilePhone"} {
		text := properties[propertyIndex[strings.ToLower(name)]].text
		if v := *text(&other.Contact); v != "" {
			*text(&it.Contact) = v
		}
	}
	if len(other.BusinessPhones) > 0 {
		it.BusinessPhones = slices.Clone(other.BusinessPhones)
	}
	m.touch(it, byUser, s.now())
	return it.clone(), nil
}

// Contact returns a contact, in Deleted Items as well.
func (s *Server) Contact(mailbox, id string) (Contact, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.box(mailbox).anyItem(id)
	if err != nil {
		return Contact{}, false
	}
	return it.clone(), true
}

// Contacts returns the contacts of a folder, or of DeletedItems, in the order they were made. A folder that does not
// exist has none.
func (s *Server) Contacts(mailbox, folder string) []Contact {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	var found []Contact
	if folder == DeletedItems || folder == m.trashID {
		for _, it := range m.items {
			if it.deleted {
				found = append(found, it.clone())
			}
		}
		slices.SortFunc(found, func(a, b Contact) int { return strings.Compare(a.ImmutableID, b.ImmutableID) })
		return found
	}
	f, err := m.userFolder(folder)
	if err != nil {
		return nil
	}
	all, _ := m.after(f, 0, len(f.members), func(*item) bool { return true })
	for _, it := range all {
		found = append(found, it.clone())
	}
	return found
}

// Folder is a contact folder.
type Folder struct {
	ID, ParentFolderID, DisplayName string
}

// Folders returns all contact folders outside Deleted Items, the default one first, then in the order they were made.
func (s *Server) Folders(mailbox string) []Folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	var found []Folder
	for _, f := range m.sortedFolders() {
		if f.alive() {
			found = append(found, Folder{f.id, m.parentID(f), f.name})
		}
	}
	return found
}

// DeletedItemsID is the id of the Deleted Items folder, the parent of what was deleted.
func (s *Server) DeletedItemsID(mailbox string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.box(mailbox).trashID
}

// AddFolder makes a folder inside another ("" is the default one, where Outlook puts new folders) and returns its id.
// It fails if the parent has one of that name.
func (s *Server) AddFolder(mailbox, parent, name string) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	p, err := m.userFolder(parent)
	if err != nil {
		return "", fmt.Errorf("graphtest: AddFolder: %w", err)
	}
	if m.childNamed(p, name) != nil {
		return "", fmt.Errorf("graphtest: AddFolder: there is a folder %q already", name)
	}
	return m.addFolder(p, name, s.now()).id, nil
}

// RenameFolder gives a folder another name.
func (s *Server) RenameFolder(mailbox, id, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	f, err := m.userFolder(id)
	if err != nil {
		return fmt.Errorf("graphtest: RenameFolder: %w", err)
	}
	f.name = name
	m.touchFolder(f, s.now())
	return nil
}

// DeleteFolder puts a folder with all it holds into Deleted Items. The default one cannot be deleted.
func (s *Server) DeleteFolder(mailbox, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.box(mailbox)
	f, err := m.userFolder(id)
	if err != nil {
		return fmt.Errorf("graphtest: DeleteFolder: %w", err)
	}
	if f == m.contacts {
		return fmt.Errorf("graphtest: DeleteFolder: the default folder cannot be deleted")
	}
	m.deleteFolder(f, s.now())
	return nil
}

func (m *mailbox) userFolder(id string) (*folder, error) {
	if id == "" || strings.EqualFold(id, "contacts") {
		return m.contacts, nil
	}
	p, ok := parseID(id)
	if f := m.folders[p.key]; ok && p.kind == folderItem && p.box == m.box && f != nil && f.alive() {
		return f, nil
	}
	return nil, fmt.Errorf("mailbox %s has no contact folder %q", m.address, id)
}

// anyItem finds a contact, in Deleted Items as well.
func (m *mailbox) anyItem(id string) (*item, error) {
	p, ok := parseID(id)
	it := m.items[p.key]
	if !ok || p.kind == folderItem || p.box != m.box || it == nil || p.kind == ordinaryItem && p.generation != it.generation {
		return nil, fmt.Errorf("mailbox %s has no contact %q", m.address, id)
	}
	return it, nil
}

// userItem finds a contact outside Deleted Items.
func (s *Server) userItem(mailbox, id string) (*mailbox, *item, error) {
	m := s.box(mailbox)
	it, err := m.anyItem(id)
	if err == nil && it.deleted {
		err = fmt.Errorf("the contact %s lies in Deleted Items", id)
	}
	return m, it, err
}

func (m *mailbox) sortedFolders() []*folder {
	var all []*folder
	for _, f := range m.folders {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *folder) int { return int(a.key) - int(b.key) })
	return all
}

// tidy brings extended ids and the birthday into the server's spelling.
func (c *Contact) tidy() error {
	for id, v := range c.Extended {
		canonical, ok := extendedID(id)
		if !ok {
			return fmt.Errorf("%q is no extended property id", id)
		}
		if canonical != id {
			delete(c.Extended, id)
			c.Extended[canonical] = v
		}
	}
	if c.Birthday != "" {
		b, ok := birthdayStored(c.Birthday)
		if !ok {
			return fmt.Errorf("birthday %q is no date", c.Birthday)
		}
		c.Birthday = b
	}
	c.CreatedDateTime, c.LastModifiedDateTime = time.Time{}, time.Time{}
	return nil
}
