package sim

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Coverage counts in how many stories a setting, a fault, an edit or an event was reached, and in how many two of them were.
type Coverage struct {
	stories int
	one     map[string]int
	two     map[[2]string]int
}

// NewCoverage returns an empty count.
func NewCoverage() *Coverage { return &Coverage{one: map[string]int{}, two: map[[2]string]int{}} }

// add counts what one story reached, sorted.
func (c *Coverage) add(reached []string) {
	c.stories++
	for i, a := range reached {
		c.one[a]++
		for _, b := range reached[i+1:] {
			if classOf(a) != classOf(b) {
				c.two[[2]string{a, b}]++
			}
		}
	}
}

// classOf is the first word: edit, event, fault or setting.
func classOf(name string) string { class, _, _ := strings.Cut(name, " "); return class }

// wanted is everything that can be reached, by class: the faults that calls know, and what the generator can write. What
// was reached beside is counted too.
func (c *Coverage) wanted() map[string][]string {
	all := map[string]bool{}
	for _, call := range calls {
		for _, kind := range call.kinds {
			all["fault "+call.name+"="+kind] = true
		}
	}
	for _, name := range slices.Concat(edits, events, drawnSettings) {
		all[name] = true
	}
	for name := range c.one {
		all[name] = true
	}
	byClass := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		byClass[classOf(name)] = append(byClass[classOf(name)], name)
	}
	return byClass
}

// pairsOf are the classes whose pairs are counted.
var pairsOf = [][2]string{{"fault", "setting"}, {"edit", "setting"}, {"edit", "fault"}, {"event", "setting"}, {"event", "fault"}, {"edit", "event"}}

// Print writes the table: how much of each class and of each pair of classes was reached, what was reached least, and at most
// holes pairs that were not reached.
func (c *Coverage) Print(out io.Writer, holes int) {
	all := c.wanted()
	fmt.Fprintf(out, "coverage of %d stories\n\n", c.stories)
	for _, class := range []string{"setting", "edit", "event", "fault"} {
		c.printClass(out, class, all[class])
	}
	fmt.Fprintf(out, "%-17s  %7s  %7s  %6s  %7s\n", "pairs", "all", "reached", "", "median")
	for _, p := range pairsOf {
		var counts []int
		reached := 0
		for _, n := range c.pairs(all, p) {
			counts = append(counts, n)
			if n > 0 {
				reached++
			}
		}
		slices.Sort(counts)
		fmt.Fprintf(out, "%-17s  %7d  %7d  %5.1f%%  %7d\n", p[0]+"s x "+p[1]+"s", len(counts), reached, 100*float64(reached)/float64(max(len(counts), 1)), counts[len(counts)/2])
	}
	c.printHoles(out, all, holes)
}

// printClass writes the names of a class with in how many of 10,000 stories each was reached.
func (c *Coverage) printClass(out io.Writer, class string, names []string) {
	fmt.Fprintf(out, "%ss, and in how many of 10,000 stories each was reached:\n", class)
	line := " "
	for _, name := range names {
		word := fmt.Sprintf(" %s %.0f;", strings.TrimPrefix(name, class+" "), 10000*float64(c.one[name])/float64(max(c.stories, 1)))
		if len(line)+len(word) > 118 {
			fmt.Fprintln(out, line)
			line = " "
		}
		line += word
	}
	fmt.Fprintf(out, "%s\n\n", strings.TrimSuffix(line, ";"))
}

func (c *Coverage) pairs(all map[string][]string, of [2]string) map[[2]string]int {
	pairs := map[[2]string]int{}
	for _, a := range all[of[0]] {
		for _, b := range all[of[1]] {
			pairs[[2]string{a, b}] = c.two[[2]string{a, b}]
		}
	}
	return pairs
}

// printHoles writes the pairs that were not reached, those of the names that are reached most first: the others are rare
// themselves.
func (c *Coverage) printHoles(out io.Writer, all map[string][]string, most int) {
	var holes [][2]string
	for _, of := range pairsOf {
		for p, n := range c.pairs(all, of) {
			if n == 0 {
				holes = append(holes, p)
			}
		}
	}
	likely := func(p [2]string) int { return c.one[p[0]] * c.one[p[1]] }
	slices.SortFunc(holes, func(a, b [2]string) int {
		if d := likely(b) - likely(a); d != 0 {
			return d
		}
		return strings.Compare(a[0]+a[1], b[0]+b[1])
	})
	fmt.Fprintf(out, "\n%d pairs were not reached; the likeliest of them:\n", len(holes))
	for _, p := range holes[:min(len(holes), most)] {
		fmt.Fprintf(out, "  %s  x  %s\n", p[0], p[1])
	}
}

// edits is what people and time do.
var edits = prefixed("edit ", `accept doubtfulMatch; accept strangerMatch; reject doubtfulMatch; reject strangerMatch; choose conflict; choose editVsDelete;
	correct conflict; correct invalidValue; correct doubtfulMatch; correct noKey; correct card; disconnect; disconnect takeback; connect; pause; continue; dismiss; reinstate; crm new; crm new blank; crm set; crm clear; crm set owner; crm set kind; crm delete; crm undelete; crm merge; crm hide;
	crm show; crm owner; outlook new; outlook new blank; outlook set; outlook clear; outlook delete; outlook undelete; outlook retype;
	outlook move; outlook back; outlook copy; outlook private; decide crm; decide outlook; resume yes; resume no; clock; expire crm;
	expire outlook; undo last; undo earlier; undo again; undo undo; undo stopped; undo look; crm wipe; crm unwipe; outlook wipe; outlook unwipe; resume restore; run; run full; records; plan; apply; lose state; lose ties; back up; put back; change flow; change filter; change requireKey; change conflict;
	change existing; change deleted; change drift; change rule; change with; change without;
	change action; outlook set categories; outlook set officeLocation; crm set tags`)

// events is what runs can come to.
var events = prefixed("event ", `off; taken back; asked doubtfulMatch; asked strangerMatch; accepted; halt deletes; halt emptySide; halt clears; halt creates; halt changes; halt firstRun; halt by day; let go on; restored;
	wait over; folder gone; undone; undo left; undo idle; undo stopped; undo let pass; undo halt deletes; undo halt changes;
	undo halt creates; undo halt clears; undo halt by day; undo halt several; action added in outlook; action removed in outlook; action set in outlook;
	action added in crm; action removed in crm; action set in crm`)

// drawnSettings is what gensettings.go and world draw from.
var drawnSettings = prefixed("setting ", `preset dealius; preset oracle; preset pipeliner; preset piesync; preset tribe;
	toOutlook=cud; toOutlook=cu; toOutlook=u; toOutlook=ud; toOutlook=c; toOutlook=none;
	toCRM=cud; toCRM=cu; toCRM=u; toCRM=ud; toCRM=c; toCRM=none;
	conflict=ask; conflict=crm; conflict=outlook; conflict=newest; merge=field; merge=record;
	editVsDelete=edit; editVsDelete=delete; editVsDelete=ask; drift=leave; drift=restore; overflow=fail; overflow=truncate; private=true;
	filter=owner; filter=kind; outlookFilter=givenName;
	by=email; by=phone; by=emailOrPhone; by=emailAndPhone; several=first; several=all; several=ask; doubtful=ask; doubtful=link;
	ineligible=report; ineligible=link; ineligible=ignore; existing=fillEmpty; existing=override; existing=leave; for=always;
	for=firstMeeting; requireKey=true; guards=default; guards=off; guards=tight; guards=firstRun;
	guards=deletesByRun; guards=deletesByDay; guards=emptySideByRun; guards=emptySideByDay;
	deletedInCRM=propagate; deletedInCRM=detach; deletedInCRM=unlink; deletedInCRM=restore; deletedInCRM=leave;
	deletedInOutlook=propagate; deletedInOutlook=detach; deletedInOutlook=unlink; deletedInOutlook=restore; deletedInOutlook=leave;
	left=propagate; left=detach; left=unlink; left=leave; hidden=propagate; hidden=detach; hidden=unlink; hidden=leave;
	movedOut=propagate; movedOut=detach; movedOut=unlink; movedOut=restore; movedOut=leave;
	rule direction=toOutlook; rule direction=toCRM; rule conflict=crm; rule conflict=outlook; rule conflict=newest; rule conflict=ask; rule=without;
	store nofinder; store owns; store pages; outlook ignoreVersions; outlook blind; outlook stamps; outlook quiet; outlook pages;
	outlook partial; outlook rewrite; outlook drop; outlook late; clocks store; clocks outlook; clocks worker; clocks times; workers same; journal; roster;
	action add outlook; action remove outlook; action set outlook; action add crm; action remove crm; action set crm`)

func prefixed(class, list string) []string {
	var names []string
	for _, name := range strings.Split(list, ";") {
		names = append(names, class+strings.Join(strings.Fields(name), " "))
	}
	return names
}
