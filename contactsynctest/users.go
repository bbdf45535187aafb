package contactsynctest

import (
	"github.com/seed-42871e99/crmsync/contactsync"
)

const (
	ruleMayDelete  = "DeleteRights is implemented by a Store that knows which records a user may delete (X3): MayDelete answers for every id, in their order, whether the user of the scope has the right to."
	ruleMayGone    = "Of an id that is gone, or never was, either answer will do."
	ruleActive     = "ActiveUsers is implemented by a Store that knows which users take part (A12): ActiveUser reports whether a user of the tenant does."
	ruleActiveGone = "One who is deactivated, or whom the CRM has no more, is no error."
)

// userChecks hold for a Store that knows what its users may do.
var userChecks = []check[*session]{
	{"DeleteRights/every id in order", []string{ruleMayDelete, ruleMayGone}, (*session).checkMayDelete},
	{"ActiveUsers/the user of the scope", []string{ruleActive}, (*session).checkActiveUser},
	{"ActiveUsers/a user whom nobody knows", []string{ruleActiveGone}, (*session).checkNoSuchUser},
}

func (s *session) checkMayDelete() {
	rights, can := s.store.(contactsync.DeleteRights)
	if !can {
		return
	}
	may := func(ids ...string) []bool {
		answers, err := rights.MayDelete(s.Context(), s.sc, ids)
		if err != nil {
			s.Fatalf("MayDelete of %d ids: %v", len(ids), err)
		}
		if len(answers) != len(ids) {
			s.Fatalf("MayDelete gave %d answers for %d ids", len(answers), len(ids))
		}
		return answers
	}
	var ids []string
	for n := range 6 {
		ids = append(ids, s.create(n+1).ID)
	}
	gone := ids[5]
	s.remove(gone)
	asked := []string{ids[4], gone, ids[0], "nobody-made-this", ids[2], ids[1], ids[3]}
	for i, answer := range may(asked...) {
		if id := asked[i]; id != gone && id != "nobody-made-this" && may(id)[0] != answer {
			s.Errorf("MayDelete says %v of a record among others, and %v of it alone", answer, !answer)
		}
	}
}

func (s *session) checkActiveUser() {
	users, can := s.store.(contactsync.ActiveUsers)
	if !can {
		return
	}
	active, err := users.ActiveUser(s.Context(), s.sc.Tenant, s.sc.User)
	if err != nil || !active {
		s.Errorf("ActiveUser of the user of the scope: %v, %v; want true, for the checks work in their name", active, err)
	}
}

func (s *session) checkNoSuchUser() {
	users, can := s.store.(contactsync.ActiveUsers)
	if !can {
		return
	}
	if _, err := users.ActiveUser(s.Context(), s.sc.Tenant, "nobody-is-called-this"); err != nil {
		s.Errorf("ActiveUser of a user whom nobody knows: %v; want an answer", err)
	}
}
