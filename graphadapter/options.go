package graphadapter

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// Options are the choices of a [Directory]. PropertySet is required; the zero value of the rest is its default.
type Options struct {
	// PropertySet is the GUID under which the host's product keeps its extended properties, such as
	// "6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11". Make one for the product and never change it: stamps are found by it, two
	// products may share a folder because theirs differ, and each mailbox holds a limited number of named properties.
	PropertySet string

	// Schema is the schema of contacts, for a host with fields of its own ([record.ExtendOutlookContact]). It must be
	// the one the engine is given. Default: [record.OutlookContact].
	Schema *record.Schema
	// Extended names the extended property behind each of the host's own fields. A plain name, such as "LoyaltyTier",
	// stands for the property of that name in PropertySet, typed by the field: Boolean for a bool, SystemTime for a
	// time, else String. An id in Graph's form, such as "Integer {GUID} Name Tier" or "String 0x3A4E", is taken as it is.
	Extended map[string]string

	// IfMatchHonoured says that the host has verified that its tenants refuse an update whose If-Match is stale, and
	// that an update of other properties leaves a display name alone. Plain scalars are then updated without reading
	// the item first.
	IfMatchHonoured bool

	// PageSize is how many items a page is asked to have, 1 to 999; default 500. It is a wish: pages may differ.
	PageSize int
	// Roots are Graph roots that a Mailbox.Cloud may name beside Microsoft's own, such as an emulator's
	// "http://127.0.0.1:8080".
	Roots []string
	// MaxWait is the longest wait before a retry; default 30 seconds. A service that asks for longer is reported with
	// [*contactsync.ThrottledError] at once.
	MaxWait time.Duration
	// Now is the clock; default time.Now. Sleep waits for d or until ctx ends, whose error it then returns; default: a
	// timer.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Logger gets operations, statuses and counts, never values; default: nothing is logged.
	Logger *slog.Logger
}

const maxPageSize = 999 // the largest $top Outlook takes for contacts

func (o Options) withDefaults() Options {
	if o.Schema == nil {
		o.Schema = record.OutlookContact
	}
	o.PageSize = cmp.Or(o.PageSize, 500)
	o.MaxWait = cmp.Or(o.MaxWait, 30*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func (o Options) validate() error {
	invalid := func(field, format string, args ...any) error {
		return &contactsync.InvalidError{Field: "Options." + field, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case o.PropertySet == "":
		return invalid("PropertySet", "it is missing: make a GUID for the product and keep it for ever")
	case !isGUID(o.PropertySet):
		return invalid("PropertySet", "it is not a GUID like 6f0c6f1e-3c5f-4a53-9a0e-5d3b0f7b9d11")
	case strings.Trim(o.PropertySet, "0-") == "":
		return invalid("PropertySet", "the GUID of zeros belongs to nobody: make one for the product")
	case o.Schema.Kind() != record.Contact:
		return invalid("Schema", "it describes records of kind %q, not contacts", o.Schema.Kind())
	case o.PageSize < 1 || o.PageSize > maxPageSize:
		return invalid("PageSize", "%d is not from 1 to %d", o.PageSize, maxPageSize)
	case o.MaxWait < 0:
		return invalid("MaxWait", "%v is negative", o.MaxWait)
	}
	for _, r := range o.Roots {
		if _, err := parseRoot(r); err != nil {
			return invalid("Roots", "%v", err)
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
