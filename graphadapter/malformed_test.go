package graphadapter_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/graphadapter"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

const deltaLink = `"@odata.deltaLink":"https://graph.microsoft.com/v1.0/me/contactFolders/f/contacts/delta?$deltatoken=x"`

// answering is a world whose next incremental page is the given text.
func answering(t *testing.T, body string) (*world, contactsync.Cursor) {
	t.Helper()
	w := start(t, graphtest.Quirks{})
	_, last := w.round("")
	w.srv.SetHooks(graphtest.Hooks{After: func(r graphtest.Request, a *graphtest.Answer) { a.Body = []byte(body) }})
	w.srv.Reset()
	return w, last.Next
}

// One row that cannot be read costs nobody else anything, and what can be read of it is.
func TestBadRows(t *testing.T) {
	good := `{"id":"good","givenName":"Grace","surname":null}`
	for _, tt := range []struct {
		name, row string
		reasons   []string // of bad rows
		changes   int      // beside the two good ones
	}{
		{"no object", `7`, []string{"row 2 of the page has no id"}, 0},
		{"null", `null`, []string{"row 2 of the page has no id"}, 0},
		{"list", `[{"id":"x"}]`, []string{"row 2 of the page has no id"}, 0},
		{"no id", `{"givenName":"X"}`, []string{"row 2 of the page has no id"}, 0},
		{"id of another shape", `{"id":{"a":1}}`, []string{"row 2 of the page has no id"}, 0},
		{"scalar of another shape", `{"id":"x","givenName":{"a":1},"surname":"S"}`, []string{"givenName cannot be read"}, 1},
		{"list of another shape", `{"id":"x","businessPhones":"1","homePhones":[1],"categories":{"a":1}}`,
			[]string{"businessPhones cannot be read", "categories cannot be read", "homePhones cannot be read"}, 1},
		{"entries of another shape", `{"id":"x","emailAddresses":[{"address":7}]}`, []string{"emailAddresses cannot be read"}, 1},
		{"address of another shape", `{"id":"x","businessAddress":{"city":["a"]},"homeAddress":"x"}`,
			[]string{"businessAddress cannot be read", "homeAddress cannot be read"}, 1},
		{"birthday", `{"id":"x","birthday":"tomorrow"}`, []string{"birthday cannot be read"}, 1},
		{"times", `{"id":"x","createdDateTime":"now","lastModifiedDateTime":[]}`, []string{"createdDateTime cannot be read", "lastModifiedDateTime cannot be read"}, 1},
		{"unknown members", `{"id":"x","wedding":{"a":[1,{"b":null}]},"@odata.foo":1}`, nil, 1},
		{"missing address", `{"id":"x","emailAddresses":[{"name":"N"},{"address":null,"name":null},{"name":"A","address":"a@example.com"}]}`, nil, 1},
		{"nulls", `{"id":"x","givenName":null,"businessPhones":null,"businessAddress":null,"emailAddresses":null,"birthday":null}`, nil, 1},
		{"many addresses", `{"id":"x","emailAddresses":[{"address":"a@example.com"},{"address":"b@example.com"},{"address":"c@example.com"},{"address":"d@example.com"}]}`, nil, 1},
		{"HTML notes", `{"id":"x","personalNotes":"<html><body>a &amp; b</body></html>"}`, nil, 1},
		{"control characters", "{\"id\":\"x\",\"personalNotes\":\"a\x01b\nc\\\\\x02\"}", nil, 1},
		{"removed", `{"id":"x","@removed":{"reason":"changed"}}`, nil, 1},
		{"removed oddly", `{"id":"x","@removed":null}`, nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, cursor := answering(t, `{"value":[`+good+`,`+tt.row+`,`+strings.Replace(good, "good", "last", 1)+`],`+deltaLink+`}`)
			p, err := w.dir.Changes(t.Context(), w.scope, cursor)
			require.NoError(t, err)
			var reasons []string
			for _, b := range p.Bad {
				reasons = append(reasons, b.Reason)
			}
			require.ElementsMatch(t, tt.reasons, reasons)
			require.Len(t, p.Changes, 2+tt.changes)
			require.Equal(t, "good", p.Changes[0].ID)
			require.Equal(t, "last", p.Changes[len(p.Changes)-1].ID)
			for _, c := range []contactsync.Change{p.Changes[0], p.Changes[len(p.Changes)-1]} {
				require.Equal(t, "Grace", c.Record.Fields.Text("givenName"))
				require.True(t, c.Record.Fields.Known("surname"))
				require.False(t, c.Record.Fields.Known("jobTitle"), "absent is not known")
				require.False(t, c.Record.Fields.Known("businessFax"))
				require.False(t, c.Record.StampRead)
			}
			if tt.changes == 1 && len(tt.reasons) > 0 {
				rec := p.Changes[1].Record
				for _, reason := range tt.reasons {
					name, _, _ := strings.Cut(reason, " ")
					require.False(t, rec.Fields.Known(name), "what cannot be read is not known, never empty")
					require.False(t, rec.Fields.Known(name+".city"))
				}
			}
		})
	}
}

func TestValuesOfOddRows(t *testing.T) {
	w, cursor := answering(t, "{\"value\":[{\"id\":\"x\",\"personalNotes\":\"a\x01b\nc\\\\\x02\\u0041\",\"emailAddresses\":[{\"name\":\"N\"},{\"name\":\"Desk (a@example.com)\",\"address\":\"a@example.com\"}],\"givenName\":\"Zo\u00eb\"}],"+deltaLink+"}")
	p, err := w.dir.Changes(t.Context(), w.scope, cursor)
	require.NoError(t, err)
	f := p.Changes[0].Record.Fields
	require.Equal(t, "a\x01b\nc\\\x02A", f.Text("personalNotes"), "nothing is lost")
	v, _ := f.Get("emailAddresses")
	require.Equal(t, record.Value{"N <>", "a@example.com"}, v)
	require.Equal(t, "Zo\u00eb", f.Text("givenName"))
}

// A page that is no page is an error that says so, and can be asked for again.
func TestBadPages(t *testing.T) {
	for body, want := range map[string]string{
		`{"value":[`:                       "not valid JSON",
		``:                                 "not valid JSON",
		`<html>`:                           "not valid JSON",
		`{}`:                               "no rows",
		`[]`:                               "no rows",
		`{"value":null,` + deltaLink + `}`: "no rows",
		`{"value":"x",` + deltaLink + `}`:  "no rows",
		`{"value":[]}`:                     "neither a link",
		`{"value":[],"@odata.nextLink":7}`: "cannot be read",
	} {
		w, cursor := answering(t, body)
		_, err := w.dir.Changes(t.Context(), w.scope, cursor)
		require.ErrorContains(t, err, want, body)
		require.NotErrorIs(t, err, contactsync.ErrCursorExpired)
	}
}

// A link that leads elsewhere is not followed, wherever it comes from: the request would carry the user's token.
func TestForeignLinks(t *testing.T) {
	w := start(t, graphtest.Quirks{ForeignLinks: "https://evil.example/v1.0"})
	p, err := w.dir.Changes(t.Context(), w.scope, "")
	require.NoError(t, err, "the listing has one page")
	_, err = w.dir.Changes(t.Context(), w.scope, p.Next)
	var foreign *graphadapter.ForeignLinkError
	require.ErrorAs(t, err, &foreign)
	require.Equal(t, "evil.example", foreign.Host)
	require.Equal(t, "https://graph.microsoft.com", foreign.Root)

	w = start(t, graphtest.Quirks{})
	for _, cursor := range []contactsync.Cursor{
		"https://evil.example/v1.0/me/contacts/delta", "http://graph.microsoft.com/v1.0/me/contacts/delta", "https://graph.microsoft.com.evil.example/x",
		"https://graph.microsoft.com:444/v1.0", "https://user@graph.microsoft.com/v1.0", "https://graph.microsoft.com@evil.example/",
		"delta f r https://evil.example/x", "list f r https://evil.example/x",
		"https://graph.microsoft.com\\@evil.example/x", "https://\x01graph.microsoft.com/",
	} {
		_, err := w.dir.Changes(t.Context(), w.scope, cursor)
		require.ErrorAs(t, err, &foreign, string(cursor))
	}
	require.Zero(t, w.srv.Counts().Requests, "nothing was asked")
	// Case and an odd spelling of the right host are fine.
	_, err = w.dir.Changes(t.Context(), w.scope, "HTTPS://Graph.Microsoft.com/v1.0/me/contacts/delta?$deltatoken=x")
	require.ErrorIs(t, err, contactsync.ErrCursorExpired)
}

// A cursor of a form that is not understood starts over.
func TestUnknownCursors(t *testing.T) {
	w := start(t, graphtest.Quirks{})
	for _, cursor := range []contactsync.Cursor{"x", "delta", "delta f", "list f r", "list f a b c", "delta x r https://graph.microsoft.com/v1.0", "delta f%zz r https://graph.microsoft.com/v1.0", "v9 f r https://graph.microsoft.com/v1.0"} {
		_, err := w.dir.Changes(t.Context(), w.scope, cursor)
		require.ErrorIs(t, err, contactsync.ErrCursorExpired, string(cursor))
	}
	require.Zero(t, w.srv.Counts().Requests)
}

// The cursor of an incremental round is Graph's own link, and it is asked for as it stands.
func TestCursorIsTheLinkItself(t *testing.T) {
	link := "https://graph.microsoft.com/v1.0/me/contactFolders/f/contacts/delta?$deltatoken=a%24b%2Db%7Ec%2525%2F+%20'()"
	w, cursor := answering(t, `{"value":[],"@odata.deltaLink":"`+link+`"}`)
	p, err := w.dir.Changes(t.Context(), w.scope, cursor)
	require.NoError(t, err)
	require.Equal(t, contactsync.Cursor(link), p.Next)
	var asked string
	w = startLossy(t, graphtest.Quirks{}, func(_ int, r *http.Request) fault {
		asked = r.URL.String()
		return fine
	})
	_, err = w.dir.Changes(t.Context(), w.scope, p.Next)
	require.Error(t, err, "the emulator does not know the link")
	require.Equal(t, link, asked)
}
