package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/record"
)

// tell plans, runs, lets both sides be edited, and shows what became of it.
func tell(ctx context.Context, d *desk, p *show.Page, onlyPlan bool) error {
	plan, err := d.engine.Plan(ctx, d.conn.ID)
	if err != nil {
		return err
	}
	p.Plan(d, plan)
	if onlyPlan {
		p.Gap()
		p.Line("Stopped before anything was written, as -plan asks.")
		return nil
	}
	p.Head("First run", d.clock())
	p.Line("Carrying out the plan: %s.", show.Count(len(plan.Actions), "entry", "entries"))
	p.Gap()
	d.graph.Reset()
	report, err := d.engine.Apply(ctx, plan)
	if err != nil {
		return err
	}
	p.Report(d, report, d.requests())
	if report.Status != contactsync.Idle {
		return nil // a guard stopped it: nothing was written, and there is nothing more to tell
	}
	for _, act := range []func(context.Context, *desk, *show.Page) error{edits, nothingToDo} {
		if err := act(ctx, d, p); err != nil {
			return err
		}
	}
	return nil
}

// edits plays the scenes at once, syncs, and shows each; then the person decides what was asked.
func edits(ctx context.Context, d *desk, p *show.Page) error {
	scenes, err := d.scenes(ctx)
	if err != nil {
		return err
	}
	d.now = d.now.Add(2 * time.Hour)
	for _, s := range scenes {
		s.before = s.look(d)
		if err := s.act(s); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
		s.edited = s.look(d)
	}
	report, err := d.sync(ctx)
	if err != nil {
		return err
	}
	p.Head("Edits on both sides", "edited until "+d.clock()+", then synced")
	for _, s := range scenes {
		if err := s.find(ctx, d); err != nil {
			return err
		}
		showScene(p, s.title+": "+s.who, []string{"before", "edited", "synced"}, [][2]string{s.before, s.edited, s.after}, s.outcome(report))
	}
	p.ShortReport(report, d.requests())
	return decide(ctx, d, p, scenes, report)
}

// decide answers the question that a scene raised: what Outlook holds counts.
func decide(ctx context.Context, d *desk, p *show.Page, scenes []*scene, asked contactsync.Report) error {
	for _, s := range scenes {
		i := slices.IndexFunc(asked.Problems, func(pr contactsync.Problem) bool {
			return pr.Code == contactsync.CodeConflict && pr.Record == s.ids
		})
		if i < 0 {
			continue
		}
		d.now = d.now.Add(time.Hour)
		if err := d.engine.Decide(ctx, d.conn.ID, asked.Problems[i].ID, record.Outlook); err != nil {
			return err
		}
		report, err := d.sync(ctx)
		if err != nil {
			return err
		}
		p.Head("Your decision", d.clock())
		p.Line("For the %s of %s you choose the value in Outlook.", strings.ToLower(asked.Problems[i].Field), s.who)
		held := s.after
		s.after = s.look(d)
		showScene(p, s.title+": "+s.who, []string{"asked", "synced"}, [][2]string{held, s.after}, s.outcome(report))
		p.ShortReport(report, d.requests())
	}
	return nil
}

// nothingToDo shows that a run without news costs one request and writes nothing.
func nothingToDo(ctx context.Context, d *desk, p *show.Page) error {
	d.now = d.now.Add(time.Hour)
	report, err := d.sync(ctx)
	if err != nil {
		return err
	}
	p.Head("Nothing to do", d.clock())
	p.Line("A run that finds no news: %s written, %s to Graph.",
		show.Count(report.Wrote(), "contact", "contacts"), d.requests())
	for _, r := range d.graph.Requests() {
		p.Line("%s", p.Dim(r.Method+" "+r.Route))
	}
	return nil
}

// sync runs once, with the requests counted from zero.
func (d *desk) sync(ctx context.Context) (contactsync.Report, error) {
	d.graph.Reset()
	return d.engine.Sync(ctx, d.conn.ID)
}

func (d *desk) clock() string { return d.now.Format("15:04") }
