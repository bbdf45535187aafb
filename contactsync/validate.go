package contactsync

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/filter"
	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/match"
	"github.com/seed-42871e99/crmsync/record"
)

// Validate checks the settings against the schemas of both sides. The error joins every fault found, each an
// [*InvalidError] that names the member, such as "guards.deletes.percent" or "mapping[email]".
func (s Settings) Validate(crm, outlook *record.Schema) error {
	if err := bothSchemas(crm, outlook); err != nil {
		return err
	}
	var v validator
	v.conditions(s, crm, outlook)
	v.predefined(s, crm)
	v.kinds(s, crm)
	v.mapping(s, crm, outlook)
	v.words(s)
	v.dispositions(s)
	v.guards(s.Guards)
	if s.Zone != "" {
		if _, err := time.LoadLocation(s.Zone); err != nil {
			v.fault("zone", "%q is not a time zone of the IANA list", s.Zone)
		}
	}
	if s.Region != "" && !record.ValidRegion(s.Region) {
		v.fault("region", "%q is not an ISO 3166 code of a country that phone numbers are known of", s.Region)
	}
	return errors.Join(v.faults...)
}

func bothSchemas(crm, outlook *record.Schema) error {
	if crm == nil || outlook == nil {
		return &InvalidError{Field: "schema", Reason: "that of the CRM or of Outlook is missing"}
	}
	return nil
}

// expand puts saved conditions in the place of their names.
func (s Settings) expand(c filter.Condition) (filter.Condition, error) {
	c, err := c.Expand(func(name string) (filter.Condition, bool) {
		saved, ok := s.Saved[name]
		return saved, ok
	})
	return c, unnamed(err)
}

// unnamed takes the package off the error of a condition: who returns it names the setting that holds the condition.
func unnamed(err error) error {
	if at := (*filter.Error)(nil); errors.As(err, &at) {
		return errors.New(strings.TrimPrefix(at.Error(), "filter: "))
	}
	return err
}

type validator struct{ faults []error }

func (v *validator) fault(field, reason string, args ...any) {
	v.faults = append(v.faults, &InvalidError{Field: field, Reason: fmt.Sprintf(reason, args...)})
}

func (v *validator) conditions(s Settings, crm, outlook *record.Schema) {
	check := func(member string, c filter.Condition, schema *record.Schema) {
		c, err := s.expand(c)
		if err == nil {
			err = unnamed(c.Check(schema))
		}
		if err != nil {
			v.fault(member, "%v", err)
		}
	}
	check("filter", s.Filter, crm)
	check("outlookFilter", s.OutlookFilter, outlook)
	for i, name := range s.Watch {
		if _, ok := crm.Field(name); !ok {
			v.fault(fmt.Sprintf("watch[%d]", i), "the CRM has no field %q", name)
		}
	}
}

func (v *validator) mapping(s Settings, crm, outlook *record.Schema) {
	before := len(v.faults)
	if len(s.Mapping) == 0 {
		v.fault("mapping", "there are no rules: nothing would be synced")
	}
	for _, err := range mapping.Check(s.Mapping, crm, outlook) {
		v.fault("mapping["+err.Rule+"]", "%v", err)
	}
	if len(s.Actions) > 0 && len(v.faults) == before {
		v.actions(s, crm, outlook)
	}
}

// oneOf faults a word that is not empty and not in the list.
func oneOf[T ~string](v *validator, field string, got T, words ...T) {
	if got == "" {
		return
	}
	for _, w := range words {
		if got == w {
			return
		}
	}
	v.fault(field, "%q is not one of %q", string(got), words)
}

func (v *validator) words(s Settings) {
	switch name := strings.TrimSpace(s.Connector); {
	case name != s.Connector:
		v.fault("connector", "a name begins and ends without a space")
	case strings.EqualFold(name, ThisConnector) && name != ThisConnector: // it would shut the whole CRM space out
		v.fault("connector", "this connector is written %q", ThisConnector)
	}
	oneOf(v, "conflict", s.Conflict, mapping.CRMWins, mapping.OutlookWins, mapping.Newest, mapping.Ask)
	oneOf(v, "merge", s.Merge, mergeField, mergeRecord)
	oneOf(v, "editVsDelete", s.EditVsDelete, conflict.EditWins, conflict.DeleteWins, conflict.AskPerson)
	oneOf(v, "drift", s.Drift, conflict.DriftLeave, conflict.DriftRestore)
	oneOf(v, "completion", s.Completion, completionHold, completionAccept)
	oneOf(v, "overflow", s.Overflow, overflowFail, overflowTruncate)
	oneOf(v, "match.by", s.Match.By, match.ByEmail, match.ByPhone, match.ByEmailOrPhone, match.ByEmailAndPhone)
	oneOf(v, "match.several", s.Match.Several, match.First, match.All, match.AskSeveral)
	oneOf(v, "match.doubtful", s.Match.Doubtful, doubtfulAsk, doubtfulLink)
	oneOf(v, "match.ineligible", s.Match.Ineligible, ineligibleReport, ineligibleLink, ineligibleIgnore)
	oneOf(v, "match.existing", s.Match.Existing, conflict.FillEmpty, conflict.Override, conflict.Leave)
	oneOf(v, "account.missing", s.Account.Missing, accountHold, accountWithout, accountCreate)
	oneOf(v, "account.ambiguous", s.Account.Ambiguous, accountHold, accountFirst)
	oneOf(v, "match.for", s.Match.For, existingFirst, existingAlways)
}

const (
	overflowFail     = "fail"
	overflowTruncate = "truncate"
	ineligibleReport = "report"
	ineligibleLink   = "link"
	ineligibleIgnore = "ignore"
	rightlessReport  = "report"
	rightlessRestore = "restore"
	rightlessDetach  = "detach"
)

// dispositions checks each against the flow of the side it would delete or create on.
func (v *validator) dispositions(s Settings) {
	allow := s.Flow.allow()
	check := func(field string, d Disposition, writes record.Side, restores record.Side) {
		oneOf(v, field, d, Propagate, Detach, Unlink, Restore, LeaveAlone)
		if d == Propagate && !allow[writes].Delete {
			v.fault(field, "propagate needs flow.%s.delete", flowName(writes))
		}
		if d == Restore && !allow[restores].Create {
			v.fault(field, "restore needs flow.%s.create", flowName(restores))
		}
	}
	check("deleted.inCRM", s.Deleted.InCRM, record.Outlook, record.CRM)
	check("deleted.inOutlook", s.Deleted.InOutlook, record.CRM, record.Outlook)
	oneOf(v, "deleted.withoutRight", s.Deleted.WithoutRight, rightlessReport, rightlessRestore, rightlessDetach)
	if s.Deleted.WithoutRight == rightlessRestore && !allow[record.Outlook].Create {
		v.fault("deleted.withoutRight", "restore needs flow.toOutlook.create")
	}
	check("movedOut", s.MovedOut, record.CRM, record.Outlook)
	for _, m := range []struct {
		field string
		d     Disposition
	}{{"left", s.Left}, {"hidden", s.Hidden}} {
		check(m.field, m.d, record.Outlook, record.CRM)
		if m.d == Restore {
			v.fault(m.field, "the record still exists in the CRM: there is nothing to restore")
		}
	}
}

func flowName(to record.Side) string {
	if to == record.CRM {
		return "toCRM"
	}
	return "toOutlook"
}

func (v *validator) guards(g Guards) {
	for _, m := range []struct {
		field string
		l     Limit
	}{
		{"guards.deletes", g.Deletes}, {"guards.clears", g.Clears}, {"guards.creates", g.Creates},
		{"guards.changes", g.Changes}, {"guards.emptySide", g.EmptySide},
	} {
		if !(m.l.Percent >= 0 && m.l.Percent <= 100) {
			v.fault(m.field+".percent", "%v is not between 0 and 100", m.l.Percent)
		}
		if m.l.Floor < 0 {
			v.fault(m.field+".floor", "%d is negative", m.l.Floor)
		}
		if !(m.l.DayPercent >= 0 && m.l.DayPercent <= 10000) {
			v.fault(m.field+".dayPercent", "%v is not between 0 and 10000", m.l.DayPercent)
		}
		if m.l.DayFloor < 0 {
			v.fault(m.field+".dayFloor", "%d is negative", m.l.DayFloor)
		}
	}
	if g.ApproveFirstRun < 0 {
		v.fault("guards.approveFirstRun", "%d is negative", g.ApproveFirstRun)
	}
}
