package contactsync

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

// terms are settings made ready for a run: checked, compiled, with every default filled in.
type terms struct {
	Settings              // with the saved conditions in place
	rules    *mapping.Map // those of the mapping, and one for each slot; those for some kinds last
	slots    []*slot      // what the actions write
	merger   conflict.Merger
	schema   [2]*record.Schema
	wanted   [2][]string
	empty    [2]record.Fields // all wanted fields, cleared: what a record about to be created holds
	allow    [2]Ops           // what may be done on each side
	zone     *time.Location
	accounts []record.Field // CRM fields that are written by looking a name up
	print    uint64
	reading  Reading
}

// compile makes the settings ready for a connection.
func (e *Engine) compile(conn Connection, s Settings) (*terms, error) {
	crm, outlook, err := e.schemas(conn.Kind)
	if err != nil {
		return nil, err
	}
	if err := s.Validate(crm, outlook); err != nil {
		return nil, err
	}
	t := &terms{Settings: s, schema: [2]*record.Schema{crm, outlook}, allow: s.Flow.allow()}
	if t.Filter, err = s.expand(s.Filter); err != nil {
		return nil, &InvalidError{Field: "filter", Reason: err.Error()}
	}
	if t.OutlookFilter, err = s.expand(s.OutlookFilter); err != nil {
		return nil, &InvalidError{Field: "outlookFilter", Reason: err.Error()}
	}
	if t.Kinds, err = s.expandKinds(); err != nil {
		return nil, err
	}
	if s.Zone != "" {
		if t.zone, err = time.LoadLocation(s.Zone); err != nil {
			return nil, &InvalidError{Field: "zone", Reason: err.Error()}
		}
	}
	if t.slots, err = s.slots(conn.User); err != nil {
		return nil, err
	}
	rules := s.withActions(t.slots, crm, outlook, conn.User, t.zone)
	if t.rules, err = mapping.Compile(rules, crm, outlook, record.Locale{Region: s.Region}); err != nil {
		return nil, err
	}
	t.merger = conflict.Merger{Map: t.rules, Hash: e.values, Options: s.mergeOptions(), KindOf: kindOf(t.Kinds, s.lastingEnv(conn.User, t.zone))}
	if err := e.checkAccounts(t); err != nil {
		return nil, err
	}
	t.wanted = t.fieldsToRead()
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		b := t.schema[side].Build()
		for _, name := range t.wanted[side] {
			b.Set(name)
		}
		t.empty[side] = b.Fields()
	}
	return t, t.fingerprint(e, conn)
}

func (e *Engine) schemas(kind record.Kind) (crm, outlook *record.Schema, err error) {
	crm = e.cfg.CRM[kind]
	if crm == nil {
		return nil, nil, &InvalidError{Field: "Kind", Reason: fmt.Sprintf("Config.CRM has no schema for %q", kind)}
	}
	outlook = e.cfg.OutlookSchema[kind]
	if outlook == nil && kind == record.Contact {
		outlook = record.OutlookContact
	}
	if outlook == nil {
		return nil, nil, &InvalidError{Field: "Kind", Reason: fmt.Sprintf("no Outlook schema for %q", kind)}
	}
	return crm, outlook, nil
}

const (
	mergeRecord    = "record"
	mergeField     = "field"
	existingAlways = "always"
	existingFirst  = "firstMeeting"
	doubtfulAsk    = "ask"
	doubtfulLink   = "link"
	privateField   = "private"
)

// allow is the matrix by the side that is written.
func (f Flow) allow() [2]Ops {
	ops := [2]Ops{{Create: true, Update: true}, {Create: true, Update: true}}
	if f.ToCRM != nil {
		ops[record.CRM] = *f.ToCRM
	}
	if f.ToOutlook != nil {
		ops[record.Outlook] = *f.ToOutlook
	}
	return ops
}

// mergeOptions is what the settings say of a merge.
func (s Settings) mergeOptions() conflict.Options {
	allow := s.Flow.allow()
	return conflict.Options{
		Allow:          [2]bool{allow[record.CRM].Update, allow[record.Outlook].Update},
		Winner:         s.Conflict,
		WholeRecord:    s.Merge == mergeRecord,
		Existing:       s.Match.Existing,
		ExistingAlways: s.Match.For == existingAlways,
		Drift:          s.Drift,
		Skew:           defaultSkew,
	}
}

// sends reports whether anything may be carried to the side.
func (t *terms) sends(to record.Side) bool { return t.allow[to].Create || t.allow[to].Update }

// outlookNames are the fields of an Outlook item that identify a person, beside those that are mapped.
var outlookNames = []string{
	"emailAddresses", "businessPhones", "homePhones", "mobilePhone",
	"givenName", "middleName", "surname", "nickName", "initials", "displayName",
}

// fieldsToRead is what a run needs of each side: what the rules carry, what the filters and watches look at, and what
// identifies a person.
func (t *terms) fieldsToRead() [2][]string {
	var want [2]map[string]bool
	for side := range want {
		want[side] = map[string]bool{}
		for _, name := range t.rules.Wanted(record.Side(side)) {
			want[side][name] = true
		}
	}
	for _, name := range t.Filter.Fields() {
		want[record.CRM][name] = true
	}
	for _, k := range t.Kinds {
		for _, name := range k.If.Fields() {
			want[record.CRM][name] = true
		}
	}
	for _, name := range t.Watch {
		want[record.CRM][name] = true
	}
	for _, f := range t.schema[record.CRM].Fields() {
		switch f.Type {
		case record.Email, record.Phone, record.Name:
			if !f.NoMatch {
				want[record.CRM][f.Name] = true
			}
		}
	}
	for _, name := range t.OutlookFilter.Fields() {
		want[record.Outlook][name] = true
	}
	for _, name := range outlookNames {
		want[record.Outlook][name] = true
	}
	if t.keepsPrivateOut() {
		want[record.Outlook][privateField] = true
	}
	var names [2][]string
	for side, set := range want {
		for name := range set {
			if _, ok := t.schema[side].Field(name); ok {
				names[side] = append(names[side], name)
			}
		}
		slices.Sort(names[side])
	}
	return names
}

// keepsPrivateOut reports whether the run must know which items are private.
func (t *terms) keepsPrivateOut() bool { return !t.Private && t.sends(record.CRM) }

// private reports whether an Outlook item must stay out of the CRM (B21). What was not read counts as private.
func (t *terms) private(f record.Fields) bool {
	if !t.keepsPrivateOut() {
		return false
	}
	if _, has := t.schema[record.Outlook].Field(privateField); !has {
		return false
	}
	v, known := f.Get(privateField)
	return !known || v.Text() == "true"
}

// env is what a filter is evaluated in.
func (t *terms) env(conn Connection, now time.Time) filter.Env {
	return filter.Env{User: conn.User, Now: now, Zone: t.zone, Locale: t.rules.Locale}
}

// lastingEnv is what conditions are evaluated in that may not ask for the time.
func (s Settings) lastingEnv(user string, zone *time.Location) filter.Env {
	return filter.Env{User: user, Zone: zone, Locale: record.Locale{Region: s.Region}}
}

// fingerprint takes the fingerprints of the settings: of all, and of what they say about reading each side.
func (t *terms) fingerprint(e *Engine, conn Connection) error {
	sum := func(parts ...any) (uint64, error) {
		text, err := json.Marshal(parts)
		if err != nil {
			return 0, fmt.Errorf("contactsync: settings: %w", err)
		}
		return e.ids.Text("settings\x00" + string(text)), nil
	}
	type ruleReading struct {
		ID        string
		Fields    []string
		Lens      mapping.Spec
		Direction mapping.Direction
		Kinds     []string `json:",omitempty"`
	}
	var rules [2][]any
	winners := map[string]mapping.Winner{}
	for _, rule := range t.Mapping {
		rules[record.CRM] = append(rules[record.CRM], ruleReading{rule.ID, rule.CRM, rule.Lens, rule.Direction, rule.Kinds})
		rules[record.Outlook] = append(rules[record.Outlook], ruleReading{rule.ID, rule.Outlook, rule.Lens, rule.Direction, rule.Kinds})
		winners[rule.ID] = rule.Conflict
	}
	for _, sl := range t.slots {
		for side := range rules {
			rules[side] = append(rules[side], sl.reading(t.Zone))
		}
	}
	if len(t.Kinds) > 0 {
		for side := range rules {
			rules[side] = append(rules[side], t.Kinds, t.Zone)
		}
	}
	var err error
	set := func(to *uint64, parts ...any) {
		if err == nil {
			*to, err = sum(parts...)
		}
	}
	set(&t.print, t.Settings)
	set(&t.reading.Selection, t.Filter, t.Watch, conn.User)
	pairing := []any{t.allow[record.CRM].Create, t.allow[record.CRM].Update, t.allow[record.Outlook].Create, t.allow[record.Outlook].Update, t.Match.By, t.Match.Existing, t.Match.For, t.Drift}
	set(&t.reading.CRM, t.wanted[record.CRM], rules[record.CRM], pairing)
	set(&t.reading.Outlook, t.wanted[record.Outlook], rules[record.Outlook], t.OutlookFilter, t.rules.Locale, pairing) // keys of known items are made in the region
	set(&t.reading.Answers, t.Match, t.Conflict, t.Merge, t.EditVsDelete, t.Deleted, t.Left, t.MovedOut, t.Hidden, t.Overflow, t.Account, t.Completion, winners)
	return err
}

// metAll reports whether no rule has yet to meet the pair whose base this is. Entries of rules that were taken away stay in it, so
// their number tells nothing.
func (t *terms) metAll(base []conflict.Seen) bool {
	for i := range t.rules.Rules {
		id := t.rules.Rules[i].ID
		if i < len(base) && base[i].Rule == id {
			continue
		}
		if !slices.ContainsFunc(base, func(s conflict.Seen) bool { return s.Rule == id }) {
			return false
		}
	}
	return true
}
