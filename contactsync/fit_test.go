package contactsync_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// B22: a value that the other side cannot hold is never cut silently: it stays where it is, and a problem names the field.
func TestTooLongIsReported(t *testing.T) {
	w := newWorld(t, twoWay())
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	long := strings.Repeat("Analyst of engines ", 10)
	w.editOutlook(w.outlookID("c1"), "jobTitle="+long, "companyName=Engines")

	r := w.sync()

	require.Len(t, r.Problems, 1)
	assert.Equal(t, contactsync.CodeInvalidValue, r.Problems[0].Code)
	assert.Equal(t, "Job title", r.Problems[0].Field)
	assert.Contains(t, r.Problems[0].Message, "at most 60 fit")
	assert.NotContains(t, r.Problems[0].Message, "Analyst", "problems hold no values")
	assert.Equal(t, []string{", Engines"}, w.crmSide("jobTitle", "company"))
	assert.Equal(t, []string{long}, w.outlookSide("jobTitle"))
	w.settled()

	w.editOutlook(w.outlookID("c1"), "jobTitle=Analyst")
	w.sync()
	assert.Equal(t, []string{"Analyst"}, w.crmSide("jobTitle"))
	assert.Empty(t, w.problems())
}

// overflow = truncate: what fits is written, the longer value stays on its side, and does not bounce.
func TestTooLongIsCutOnRequest(t *testing.T) {
	s := twoWay()
	s.Overflow = "truncate"
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=ada@example.com")
	w.sync()
	long := strings.TrimSpace(strings.Repeat("Analyst ", 20))
	w.editOutlook(w.outlookID("c1"), "jobTitle="+long)

	r := w.sync()

	assert.Empty(t, r.Problems)
	assert.Equal(t, 1, r.Diverged["cut"])
	assert.Equal(t, []string{strings.TrimRight(long[:60], " ")}, w.crmSide("jobTitle"))
	assert.Equal(t, []string{long}, w.outlookSide("jobTitle"))
	w.settled()
}

// M5 aside, more addresses than Outlook holds: the first three go, the CRM keeps all four.
func TestMoreAddressesThanOutlookHolds(t *testing.T) {
	s := twoWay()
	s.Overflow = "truncate"
	w := newWorld(t, s)
	w.put("c1", "firstName=Ada", "lastName=Lovelace", "emails=a1@example.com|a2@example.com|a3@example.com|a4@example.com")

	r := w.sync()

	assert.Equal(t, 1, r.Counts[record.Outlook].Created)
	assert.Equal(t, []string{"a1@example.com|a2@example.com|a3@example.com"}, w.outlookSide("emailAddresses"))
	assert.Equal(t, []string{"a1@example.com|a2@example.com|a3@example.com|a4@example.com"}, w.crmSide("emails"))
	w.settled()
}
