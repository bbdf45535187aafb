package conflict_test

import (
	"strings"

	"github.com/seed-42871e99/crmsync/mapping"
	"github.com/seed-42871e99/crmsync/record"
)

func custom(id, field string, l mapping.Lens) mapping.Rule {
	return mapping.Rule{ID: id, CRM: []string{field}, Outlook: []string{field}, Custom: l}
}

// verbatim carries all values as they are.
type verbatim struct{}

func (verbatim) View(_ record.Side, v []record.Value) []record.Value { return v }
func (verbatim) ToOutlook(crm, _ []record.Value) []record.Value      { return crm }
func (verbatim) ToCRM(outlook, _ []record.Value) []record.Value      { return outlook }

// careless is a host's lens that shortens what goes to Outlook to three characters, and would carry the short form back.
type careless struct{ verbatim }

func short(s string) string { return s[:min(3, len(s))] }

func (careless) ToOutlook(crm, _ []record.Value) []record.Value {
	return []record.Value{{short(crm[0].Text())}}
}

func (careless) Loss(from record.Side, source, _ []record.Value) mapping.Loss {
	if from == record.CRM && len(source[0].Text()) > 3 {
		return mapping.Cut
	}
	return mapping.None
}

// textual shows a text for each field, also for an empty one.
type textual struct{ verbatim }

func (textual) View(_ record.Side, v []record.Value) []record.Value {
	var view []record.Value
	for _, value := range v {
		view = append(view, record.Value{value.Text()})
	}
	return view
}

// picky is a host's lens that has no form for what begins with "x", and clears the other side for it.
type picky struct{ verbatim }

// losing is a host's lens that carries all, and says that it loses something on the way from a side.
type losing map[record.Side]mapping.Loss

func (losing) View(_ record.Side, v []record.Value) []record.Value { return v }
func (losing) ToOutlook(crm, _ []record.Value) []record.Value      { return crm }
func (losing) ToCRM(outlook, _ []record.Value) []record.Value      { return outlook }

func (l losing) Loss(from record.Side, _, _ []record.Value) mapping.Loss { return l[from] }

// mute is losing that carries nothing to Outlook.
type mute struct{ losing }

func (mute) ToOutlook(_, outlook []record.Value) []record.Value { return outlook }

func known(s string) string {
	if strings.HasPrefix(s, "x") {
		return ""
	}
	return s
}

func (picky) ToOutlook(crm, _ []record.Value) []record.Value {
	return []record.Value{{known(crm[0].Text())}}
}

func (picky) Loss(from record.Side, source, _ []record.Value) mapping.Loss {
	if from == record.CRM && known(source[0].Text()) != source[0].Text() {
		return mapping.NotListed
	}
	return mapping.None
}
