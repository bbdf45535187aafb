package contactsync

import "github.com/seed-42871e99/crmsync/record"

// mayGoBlind reports whether a job's Outlook item need not be read before it is written.
func (r *run) mayGoBlind(j *job) bool {
	if _, ok := r.e.cfg.Directory.(BlindUpdater); !ok || r.journals() || j.link.Version[record.Outlook] == "" {
		return false
	}
	v := r.judgeJob(j)
	return r.blind(&v)
}

// blind reports whether an update may go out on the strength of its version, without reading the item first.
func (r *run) blind(v *verdict) bool {
	b, ok := r.e.cfg.Directory.(BlindUpdater)
	return ok && !r.journals() && v.ops[record.Outlook] == Update && v.link.Version[record.Outlook] != "" &&
		r.terms.metAll(v.out.Seen) && len(v.out.Asked) == 0 &&
		(len(r.terms.Kinds) == 0 || len(v.out.Rules) == len(r.terms.rules.Rules)) && // else one meets anew
		len(v.link.Pending[record.Outlook]) == 0 && v.set[record.Outlook].Len() > 0 && r.plain(v) && !r.actionsWait(v) && b.BlindUpdate(v.set[record.Outlook])
}

// actionsWait reports whether an action reads what the update writes, or still has to write to an item that was just imported.
func (r *run) actionsWait(v *verdict) bool {
	return r.terms.actsOn(record.Outlook, v.set[record.Outlook]) || r.terms.reacts(record.CRM, v.link.Seen)
}

// plain reports whether an update of the item writes single values only, one to one: lists, addresses and names are written
// whole, and depend on what is there.
func (r *run) plain(v *verdict) bool {
	for name := range v.set[record.Outlook].All() {
		if f, _ := r.terms.schema[record.Outlook].Field(name); f.Shape != record.One {
			return false
		}
	}
	for _, rule := range v.out.Rules {
		if rule.Writes[record.CRM] {
			return false // from what the item holds
		}
	}
	for i := range r.terms.rules.Rules {
		if rule := &r.terms.rules.Rules[i]; v.writesRule(rule.ID, record.Outlook) && (len(rule.Fields[0]) > 1 || len(rule.Fields[1]) > 1) {
			return false
		}
	}
	return true
}
