package contactsync

import (
	"errors"
	"fmt"

	"github.com/seed-42871e99/crmsync/record"
)

// undoFailed notes why a write of an undo was refused, or is not known to have been done. The undo run again is all that answers it: no run
// that syncs comes back to it, and no correction changes what was there before. So it is in the report, and never in the list of problems.
func (r *run) undoFailed(side record.Side, t *task, err error) {
	t.fate[side] = refused
	p := t.refusedOn(side)
	p.Code = CodeNotUndone
	run := r.mode.undo.run
	could := "It could not be put back"
	if t.write[side].Op == Delete {
		could = "It could not be deleted"
	}
	var invalid *InvalidError
	var throttled *ThrottledError
	switch {
	case errors.Is(err, ErrUnconfirmed): // whatever else it says
		t.fate[side] = unconfirmed
	case errors.As(err, &invalid) && invalid.Field != "":
		p.Field = invalid.Field
		p.Message = fmt.Sprintf("%s: the %s does not accept the value of %q: %s. Once it does, undo run %d again.", could, sideName(side), invalid.Field, invalid.Reason, run)
	case errors.As(err, &invalid):
		p.Message = fmt.Sprintf("%s: the %s does not accept it: %s. Once it does, undo run %d again.", could, sideName(side), invalid.Reason, run)
	case errors.Is(err, ErrDenied):
		p.Message = fmt.Sprintf("%s: the %s does not allow it. Once it does, undo run %d again.", could, sideName(side), run)
	case errors.As(err, &throttled):
		p.Code, p.Message = CodeFailed, fmt.Sprintf("%s: the %s is busy. Undo run %d again in a while.", could, sideName(side), run)
	case errors.Is(err, ErrStale), errors.Is(err, ErrNotFound):
		p.Code, p.Message = CodeFailed, fmt.Sprintf("%s: it kept changing meanwhile. Undo run %d again.", could, run)
	default:
		t.fate[side] = unconfirmed
	}
	if t.fate[side] == unconfirmed {
		p.Code = CodeFailed
		p.Message = fmt.Sprintf("It is not known whether the %s has taken it back. Undo run %d again; nothing more is done about it by itself.", sideName(side), run)
	}
	r.report.Counts[side].Failed++
	r.problem(p)
}
