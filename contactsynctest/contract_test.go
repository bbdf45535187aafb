package contactsynctest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkedTypes are the declarations whose every sentence must have a check, or a word why it has none.
var checkedTypes = []string{
	"Store", "Finder", "Transactor", "FieldTimes", "DeleteRights", "ActiveUsers", "Directory", "BlindUpdater", "State",
	"Page", "Found", "Write", "Result", "Lease", "Batch", "Erasure", "Journal", "JournalEntry", "JournalRun", "Label",
}

// unchecked are sentences that no suite can check, with the reason.
var unchecked = map[string]string{
	// What the package says of itself, and of the engine.
	"The suite contactsynctest.Store checks an implementation in one line":                    "this is it",
	"The suite contactsynctest.State checks an implementation in one line":                    "this is it",
	"It is made by libraries and databases more than by hosts: take memstore's or sqlstate's": "advice",
	"Without that, what several users put back may be there twice":                            "of the engine",
	"Unknown never deletes anything":                                                          "of the engine",
	"Without it the engine lists the CRM once in a run that has Outlook items to match: new ones, and known ones that may be a changed record's, where a person is asked or the record's own item is gone": "of the engine",
	"It is saved only after the effects of everything before it": "of the engine",
	"See [Store.Apply]": "a pointer",
	"Ids are UTF-8 text without zero bytes, of at most 2,400 bytes":                 "the host's ids are what they are",
	"What has another is reported and left alone":                                   "of the engine",
	"It is one question to the storage, however many records a page has":            "internal/integration counts the statements of sqlstate",
	"It reads those of nobody else, for it is asked whenever a person opens a page": "internal/integration explains the statements of sqlstate",
	"id of the CRM record": "a name",
	"Transactor is implemented by a Store whose records lie in the database of the State: what is written to the CRM and what is remembered of it are then there together or not at all, and nobody can see one without the other": "a suite of one side does not see the other",
	"Without it a stop in between is made good by the next run, which looks before it writes":                                                                                                                                      "of the engine",
	"No request to Microsoft Graph is made within do, which takes as long as one Apply and one Save":                                                                                                                               "of the engine",
	"Was is the record as read just before an update, for a side that writes some values only together with others (an address, the entries of a list with their names); nil when it was not read":                                 "of the engine; the checks send it",
	"Changed is when the person made the change on the other side; zero when not known":                                                                                                                                            "of the engine",

	"See [Journal]": "a pointer",
	"To a State without it neither is ever given; [New] refuses a journal over one": "of the engine",
	"JournalEntry is what is kept of one write of a run":                            "a name",
	"[Report].Run":                         "a pointer",
	"counts the writes of the run, from 1": "of the engine",
	"Link is the link that the write was for, so that all that is kept of a person can be found and erased": "of the engine; the checks keep it",
	"Over: there is nothing to be undone any more, and nothing is kept":                                     "of the engine; the checks keep it",
	"Sealed is what was overwritten or made, encrypted by the engine and bound to the rest of the entry":    "of the engine; the checks keep it",
	"JournalRun sums up what the journal has of one run":                                                    "a name",

	"It is asked for the records that a run, or an undo, is about to delete, before the guards count them: a sync then does what Settings.Deleted.WithoutRight says, and an undo leaves the record and names it in its report": "of the engine",
	"Without it the delete is tried, and an [ErrDenied] is taken for a no": "of the engine",
	"It is asked at the beginning of each run, of an undo too: while the answer is no, nothing is read, written, removed or undone for that user, and what changed meanwhile is caught up with once it is yes": "of the engine",
	"[Engine.Disconnect] and [Engine.Forget] do not ask, for they are what is left to be done for one who is gone":                                                                                             "of the engine",
	"Without it every user takes part": "of the engine",

	// What a suite cannot bring about through the interface.
	"Bad are rows that could not be read":                                                                         "a suite cannot make one",
	"They are reported and left alone; a page is never refused for one":                                           "a suite cannot make one",
	"An outcome that is not known (a lost reply) wraps [ErrUnconfirmed]: the engine looks before it writes again": "a suite cannot lose a reply",
	"A side, or an HTTP client below it, that sends an update again after a lost reply finds the version stale by its own first try: that is not known either, and not [ErrStale]": "a suite cannot lose a reply",

	"A CRM that keeps duplicates out by itself says so too, where it answers a create with a record that it had": "a suite cannot know by what a CRM does that",

	// What the declaration itself says, or every check relies on.
	"Directory is the Outlook side": "a name",
	"State is what the engine remembers between runs: connections, links, keys of unlinked Outlook items, claims, problems, runs, and the lease": "a name",
	"Page is one page of changes":                                               "a name",
	"Found is the answer to one Ref":                                            "a name",
	"Write is one write to one side":                                            "a name",
	"Result is what became of one write":                                        "a name",
	"Lease is the right to work on a connection and its mailbox until a moment": "a name",
	"Batch is one atomic save":                                                  "a name",
	"the fencing token":                                                         "a name",
	"empty for a create":                                                        "of the engine",
	"ids":                                                                       "a name",
	"ids of Outlook items":                                                      "a name",
	"ids of problems that are over":                                             "a name",
	"ids of messages dealt with":                                                "a name",
}

// contract is the sentences of the doc comments in the package contactsync, by the type they belong to.
func contract(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../contactsync/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no contract: %v", err)
	}
	sentences := map[string][]string{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				name := ""
				switch s := spec.(type) {
				case *ast.TypeSpec:
					name = s.Name.Name
				case *ast.ValueSpec:
					name = s.Names[0].Name
				}
				add := func(groups ...*ast.CommentGroup) {
					for _, g := range groups {
						sentences[name] = append(sentences[name], split(g.Text())...)
					}
				}
				add(decl.Doc)
				ast.Inspect(spec, func(n ast.Node) bool {
					switch n := n.(type) {
					case *ast.TypeSpec:
						add(n.Doc, n.Comment)
					case *ast.ValueSpec:
						add(n.Doc, n.Comment)
					case *ast.Field:
						add(n.Doc, n.Comment)
					}
					return true
				})
			}
		}
	}
	return sentences
}

// split cuts a comment into sentences, without their ends.
func split(text string) []string {
	var list []string
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\n  - ", "\n\n"), "\n\n") {
		paragraph = strings.Join(strings.Fields(paragraph), " ")
		for _, s := range strings.SplitAfter(paragraph, ". ") {
			if s = end(s); s != "" {
				list = append(list, s)
			}
		}
	}
	return list
}

func end(s string) string { return strings.TrimSuffix(strings.TrimSpace(s), ".") }

// cited are the sentences that checks cite.
func cited() []string {
	var all []string
	for _, c := range slices.Concat(storeChecks, directoryChecks) {
		all = append(all, c.rules...)
	}
	for _, c := range stateChecks {
		all = append(all, c.rules...)
	}
	for i, s := range all {
		all[i] = end(s)
	}
	return all
}

func TestChecksCiteTheContract(t *testing.T) {
	var all []string
	for _, list := range contract(t) {
		all = append(all, list...)
	}
	for _, s := range cited() {
		if !slices.Contains(all, s) {
			t.Errorf("a check cites what the contract does not say: %s", s)
		}
	}
	for s := range unchecked {
		if !slices.Contains(all, end(s)) {
			t.Errorf("a sentence without a check is not in the contract: %s", s)
		}
	}
}

func TestEverySentenceHasACheck(t *testing.T) {
	sentences := contract(t)
	cited := cited()
	for _, name := range checkedTypes {
		if len(sentences[name]) == 0 {
			t.Errorf("the contract has no sentence about %s", name)
		}
		for _, s := range sentences[name] {
			if _, known := unchecked[s]; !known && !slices.Contains(cited, s) {
				t.Errorf("%s: no check, and no reason why: %s", name, s)
			}
		}
	}
}

func TestChecksHaveNamesOfTheirOwn(t *testing.T) {
	for _, names := range [][]string{namesOf(storeChecks), namesOf(directoryChecks), namesOf(stateChecks)} {
		slices.Sort(names)
		if len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("two checks have one name: %q", names)
		}
	}
}

func namesOf[S any](checks []check[S]) []string {
	var names []string
	for _, c := range checks {
		names = append(names, c.name)
	}
	return names
}
