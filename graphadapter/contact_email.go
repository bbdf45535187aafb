package graphadapter

import (
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// readEmails writes each entry as the record does, "Name <address>". A name that Outlook made up from the address is
// left out: it makes it up again. An entry whose address Outlook could not read keeps its name.
func readEmails(list []email) []string {
	entries := make([]string, len(list))
	for i, e := range list {
		name := e.Name.s
		if isDerivedName(name, e.Address.s) {
			name = ""
		}
		entries[i] = record.JoinEmail(name, e.Address.s)
	}
	return entries
}

// isDerivedName recognises the names Outlook gives an entry that has none: the address, or "Display Name (address)".
func isDerivedName(name, address string) bool {
	name = strings.TrimSpace(name)
	if address == "" {
		return false
	}
	if strings.EqualFold(name, address) {
		return true
	}
	end := "(" + address + ")"
	return len(name) >= len(end) && strings.EqualFold(name[len(name)-len(end):], end)
}

// emailBody is one entry as it is sent.
type emailBody struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
}

// writeEmails takes entries apart. An entry that names nobody keeps the name the same address had, because the list is
// replaced whole. Blank entries are left out.
func writeEmails(entries, was []string) []emailBody {
	list := []emailBody{}
	for _, entry := range entries {
		name, address := record.SplitEmail(entry)
		if name == "" && address == "" {
			continue
		}
		if name == "" {
			name = nameBefore(address, was)
		}
		list = append(list, emailBody{name, address})
	}
	return list
}

func nameBefore(address string, was []string) string {
	for _, entry := range was {
		if name, old := record.SplitEmail(entry); name != "" && strings.EqualFold(old, address) {
			return name
		}
	}
	return ""
}
