package contactsync

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/seed-42871e99/crmsync/record"
)

// validate names the first member at fault.
func (c Config) validate() error {
	for _, required := range []struct {
		field   string
		missing bool
		what    string
	}{
		{"Store", isNil(c.Store), "the host's CRM"},
		{"Directory", isNil(c.Directory), "the Outlook side"},
		{"State", isNil(c.State), "where the engine remembers"},
		{"Policy", isNil(c.Policy), "the settings in force"},
		{"CRM", len(c.CRM) == 0, "the schema of the host's records, by kind"},
		{"Key", c.KeySource == nil && len(c.Key) == 0, "the host's secret, unless KeySource brings it"},
	} {
		if required.missing {
			return &InvalidError{Field: required.field, Reason: "is missing: " + required.what}
		}
	}
	for _, optional := range []struct {
		field string
		is    any
	}{{"KeySource", c.KeySource}, {"Observer", c.Observer}} {
		if optional.is != nil && isNil(optional.is) {
			return &InvalidError{Field: optional.field, Reason: "there is nil in it: leave it out"}
		}
	}
	for field, schemas := range map[string]map[record.Kind]*record.Schema{"CRM": c.CRM, "OutlookSchema": c.OutlookSchema} {
		for kind, schema := range schemas {
			if schema == nil {
				return &InvalidError{Field: field, Reason: fmt.Sprintf("the schema of %q is nil", kind)}
			}
		}
	}
	for _, d := range []struct {
		field string
		time.Duration
	}{
		{"Lease", c.Lease}, {"RequestTimeout", c.RequestTimeout}, {"VisibilityDelay", c.VisibilityDelay},
		{"ReconcileOutlook", c.ReconcileOutlook}, {"ReconcileCRM", c.ReconcileCRM}, {"Interval", c.Interval},
		{"Journal.Keep", c.Journal.Keep},
	} {
		if d.Duration < 0 {
			return &InvalidError{Field: d.field, Reason: fmt.Sprintf("%v is negative", d.Duration)}
		}
	}
	switch {
	case c.ChunkSize < 0:
		return &InvalidError{Field: "ChunkSize", Reason: fmt.Sprintf("%d is negative", c.ChunkSize)}
	case c.RequestTimeout >= c.Lease:
		return &InvalidError{Field: "RequestTimeout", Reason: fmt.Sprintf("%v is not shorter than Lease, %v", c.RequestTimeout, c.Lease)}
	case c.KeySource != nil && (c.Key != nil || c.Journal.Key != nil || c.Journal.Former != nil):
		return &InvalidError{Field: "KeySource", Reason: "stands in the place of Key, Journal.Key and Journal.Former: set it or them"}
	case c.Journal.Keep == 0 && len(c.Journal.Key) > 0:
		return &InvalidError{Field: "Journal.Keep", Reason: "is missing: how long what is overwritten is kept"}
	case c.Journal.Keep > 0 && !keepsJournal(c.State):
		return &InvalidError{Field: "Journal", Reason: "this State cannot keep one"}
	}
	return nil
}

// isNil reports whether an interface holds nothing, or a pointer or function that is nil.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch of := reflect.ValueOf(v); of.Kind() {
	case reflect.Pointer, reflect.Func:
		return of.IsNil()
	}
	return false
}

// inConfig says of a key that cannot be used which member of [Config] it was given in.
func inConfig(err error) error {
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	return &InvalidError{Field: map[string]string{"Fingerprint": "Key", "Journal": "Journal.Key", "FormerJournal": "Journal.Former"}[invalid.Field], Reason: invalid.Reason}
}
