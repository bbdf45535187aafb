package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/examples/internal/people"
	"github.com/seed-42871e99/crmsync/examples/internal/show"
	"github.com/seed-42871e99/crmsync/graphtest"
	"github.com/seed-42871e99/crmsync/record"
)

// scene is something that people do to one contact, and what each side shows of it.
type scene struct {
	title string
	who   string
	ids   [2]string // by side; empty on the side where there is none yet
	act   func(*scene) error
	shows func(people.Person) string // what the scene is about

	before, edited, after [2]string
}

const gone = "-"

// look is what each side holds of what the scene is about.
func (s *scene) look(d *desk) (held [2]string) {
	held = [2]string{gone, gone}
	if p, ok := d.person(s.ids[record.CRM]); ok {
		held[record.CRM] = cmp.Or(s.shows(p), "(empty)")
	}
	if c, ok := d.contact(s.ids[record.Outlook]); ok {
		held[record.Outlook] = cmp.Or(s.shows(asPerson(c)), "(empty)")
	}
	return held
}

// asPerson reads a contact of the mailbox as the scenes look at a person.
func asPerson(c graphtest.Contact) people.Person {
	return people.Person{FirstName: c.GivenName, LastName: c.Surname, JobTitle: c.JobTitle, MobilePhone: c.MobilePhone, Company: c.CompanyName}
}

// find completes the ids of a scene by its link, which a new contact got in the run, and looks what came of it.
func (s *scene) find(ctx context.Context, d *desk) error {
	for _, side := range []record.Side{record.CRM, record.Outlook} {
		if s.ids[side] == "" || s.ids[side.Other()] != "" {
			continue
		}
		links, err := d.state.LinksOf(ctx, d.conn.ID, side, []string{s.ids[side]})
		if err != nil {
			return err
		}
		if len(links) > 0 {
			s.ids = links[0].IDs
		}
	}
	s.after = s.look(d)
	return nil
}

// outcome says in words what came of a scene.
func (s *scene) outcome(r contactsync.Report) string {
	for _, pr := range r.Problems {
		for side, id := range s.ids {
			if id != "" && pr.Record[side] == id {
				return "Held until you decide: " + show.Code(pr.Code) + "."
			}
		}
	}
	switch crm, outlook := s.after[record.CRM], s.after[record.Outlook]; {
	case crm == gone && outlook == gone:
		return "Gone on both sides; in Outlook it lies in Deleted Items."
	case outlook == gone:
		return "Kept in the CRM; it does not come back to Outlook by itself."
	case crm == gone:
		return "Kept in Outlook; it does not come back to the CRM by itself."
	case crm != outlook:
		return "Different, as the settings want it."
	}
	return "In step."
}

// scenes casts linked contacts that are the same on both sides into the scenes: matched ones before made ones, so that
// both sides have a history. With too few of them there are fewer scenes.
func (d *desk) scenes(ctx context.Context) ([]*scene, error) {
	cast, err := d.cast(ctx)
	if err != nil {
		return nil, err
	}
	var scenes []*scene
	for _, s := range []*scene{
		{
			title: "Different fields edited on both sides", act: d.differentFields,
			shows: func(p people.Person) string { return join(p.JobTitle, p.MobilePhone) },
		},
		{
			title: "The same field edited on both sides", act: d.sameField,
			shows: func(p people.Person) string { return p.MobilePhone },
		},
		{title: "Deleted in the CRM", act: d.deletedInCRM, shows: people.Person.Name},
		{title: "Deleted in Outlook", act: d.deletedInOutlook, shows: people.Person.Name},
	} {
		if len(scenes) == len(cast) {
			break
		}
		s.ids = cast[len(scenes)]
		s.who = d.label(s.ids)
		scenes = append(scenes, s)
	}
	nameAndCompany := func(p people.Person) string { return join(p.Name(), p.Company) }
	return append(scenes,
		&scene{title: "New in the CRM", who: "Grace Okafor", act: d.newInCRM, shows: nameAndCompany},
		&scene{title: "New in Outlook", who: "Tomás Rivera", act: d.newInOutlook, shows: nameAndCompany}), nil
}

func (d *desk) differentFields(s *scene) error {
	if err := d.edit(s, "jobTitle", "Head of Purchasing"); err != nil {
		return err
	}
	return d.editMobile(s, "+44 7700 900123")
}

func (d *desk) sameField(s *scene) error {
	if err := d.edit(s, "mobilePhone", "+44 7700 900234"); err != nil {
		return err
	}
	return d.editMobile(s, "+44 7700 900345")
}

// edit changes a field in the CRM, and editMobile the mobile phone in Outlook.
func (d *desk) edit(s *scene, field, value string) error {
	return d.crm.Edit(s.ids[record.CRM], people.Schema.Build().Set(field, value).Fields())
}

func (d *desk) editMobile(s *scene, number string) error {
	_, err := d.graph.EditContact(owner, s.ids[record.Outlook], func(c *graphtest.Contact) { c.MobilePhone = number })
	return err
}

func (d *desk) deletedInCRM(s *scene) error { return d.crm.Delete(s.ids[record.CRM]) }

func (d *desk) deletedInOutlook(s *scene) error {
	return d.graph.DeleteContact(owner, s.ids[record.Outlook])
}

func (d *desk) newInCRM(s *scene) (err error) {
	s.ids[record.CRM], err = d.put(people.Person{
		FirstName: "Grace", LastName: "Okafor", Company: "Okafor Logistics", Email: "grace@okafor.example",
		MobilePhone: "+44 7700 900456", ContactType: "Prospect", Owner: user,
	})
	return err
}

func (d *desk) newInOutlook(s *scene) error {
	c := d.graph.AddContact(owner, graphtest.Contact{
		GivenName: "Tomás", Surname: "Rivera", CompanyName: "Rivera e Hijos",
		EmailAddresses: []graphtest.EmailAddress{{Name: "Tomás Rivera", Address: "tomas@rivera.example"}},
	})
	s.ids[record.Outlook] = c.ImmutableID
	return nil
}

// cast finds linked contacts with a name, a job and a mobile number that both sides agree on, in order of CRM id; those
// that were on both sides before come first, and of those who share a last name one.
func (d *desk) cast(ctx context.Context) ([][2]string, error) {
	links, err := d.links(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(links, func(a, b contactsync.Link) int {
		return cmp.Or(made(a)-made(b), strings.Compare(a.IDs[record.CRM], b.IDs[record.CRM]))
	})
	var good, rest [][2]string
	seen := map[string]bool{}
	for _, l := range links {
		p, inCRM := d.person(l.IDs[record.CRM])
		c, inOutlook := d.contact(l.IDs[record.Outlook])
		if l.Phase != contactsync.Linked || !inCRM || !inOutlook || len(l.Asked) > 0 || c.JobTitle != p.JobTitle {
			continue
		}
		if p.FirstName != "" && p.JobTitle != "" && p.MobilePhone != "" && c.MobilePhone != "" && !seen[p.LastName] {
			seen[p.LastName] = true
			good = append(good, l.IDs)
		} else {
			rest = append(rest, l.IDs)
		}
	}
	return append(good, rest...), nil
}

func made(l contactsync.Link) int {
	if l.Made[record.CRM] || l.Made[record.Outlook] {
		return 1
	}
	return 0
}
