package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func Example_dealius() {
	run([]string{"dealius"}, os.Stdout, os.Stderr)
	// Output:
	// Dealius: what a user selects goes to Outlook, and nothing comes back         preset/dealius.json
	// ────────────────────────────────────────────────────────────────────────────────────────────────
	//
	//   Anna has selected Ada and Grace; Ada is in her Outlook already (E1, F1, M1, M2)
	//   sync      1 made in Outlook; 1 changed in Outlook
	//   CRM       Ada Lovelace · Analyst · Client
	//             Emmy Noether
	//             Grace Hopper · Admiral · Lead
	//   Outlook   Ada Lovelace · Countess · Type: Client
	//             Grace Hopper · Admiral · Type: Lead
	//
	//   Ada's title changes in the CRM, Grace's in Outlook (G2)
	//   sync      1 changed in Outlook
	//   CRM       Ada Lovelace · Chief analyst · Client
	//             Emmy Noether
	//             Grace Hopper · Admiral · Lead
	//   Outlook   Ada Lovelace · Chief analyst · Type: Client
	//             Grace Hopper · Rear admiral · Type: Lead
	//
	//   Grace is deleted in the CRM: her card stays (X1)
	//   sync      nothing to write
	//   CRM       Ada Lovelace · Chief analyst · Client
	//             Emmy Noether
	//   Outlook   Ada Lovelace · Chief analyst · Type: Client
	//             Grace Hopper · Rear admiral · Type: Lead
}

func Example_pipeliner() {
	run([]string{"pipeliner"}, os.Stdout, os.Stderr)
	// Output:
	// Pipeliner: my contacts are my folder; the CRM wins, deletes go across      preset/pipeliner.json
	// ────────────────────────────────────────────────────────────────────────────────────────────────
	//
	//   Ada is Anna's, Grace is a colleague's, Mary is in Anna's folder (E3, E10, F2)
	//   sync      1 made in the CRM; 1 made in Outlook
	//   CRM       Ada Lovelace · Analyst · anna
	//             Grace Hopper · bert
	//             Mary Somerville · anna
	//   Outlook   Ada Lovelace · Analyst
	//             Mary Somerville
	//
	//   Both sides edit Ada: her title on both, her mobile in Outlook (C1)
	//   sync      1 changed in the CRM; 1 changed in Outlook
	//   CRM       Ada Lovelace · Chief analyst · +44 7700 900001 · anna
	//             Grace Hopper · bert
	//             Mary Somerville · anna
	//   Outlook   Ada Lovelace · Chief analyst · +44 7700 900001
	//             Mary Somerville
	//
	//   Ada is deleted in the CRM, Mary in Outlook (X2, X3)
	//   sync      1 deleted in the CRM; 1 deleted in Outlook
	//   CRM       Grace Hopper · bert
	//   Outlook   (nobody)
}

func Example_oracle() {
	run([]string{"oracle"}, os.Stdout, os.Stderr)
	// Output:
	// Oracle: a saved search selects, both sides edit, and you decide               preset/oracle.json
	// ────────────────────────────────────────────────────────────────────────────────────────────────
	//
	//   The search is "Contacts I own" (E3, E6, F2)
	//   sync      1 made in Outlook
	//   CRM       Ada Lovelace · Analyst
	//             Grace Hopper
	//   Outlook   Ada Lovelace · Analyst
	//
	//   Both sides edit Ada's title: that one field waits, her company flows (C1)
	//   sync      1 changed in Outlook; 1 question: both sides have a value of their own
	//   CRM       Ada Lovelace · Chief analyst · Engines
	//             Grace Hopper
	//   Outlook   Ada Lovelace · Countess · Engines
	//
	//   Anna finds the question in her list, and decides for Outlook (L3, C1)
	//   sync      1 changed in the CRM
	//   CRM       Ada Lovelace · Countess · Engines
	//             Grace Hopper
	//   Outlook   Ada Lovelace · Countess · Engines
	//
	//   Bob is typed in Outlook, of a company that is no account: he waits (M5)
	//   sync      1 question: a company that is no account's
	//   CRM       Ada Lovelace · Countess · Engines
	//             Grace Hopper
	//   Outlook   Ada Lovelace · Countess · Engines
	//             Bob Noyce · Engins
	//
	//   Anna corrects the company in her list: he is in the CRM at once (L3, L4)
	//   sync      nothing to write
	//   CRM       Ada Lovelace · Countess · Engines
	//             Bob Noyce · Engines
	//             Grace Hopper
	//   Outlook   Ada Lovelace · Countess · Engines
	//             Bob Noyce · Engines
	//
	//   Ada is deleted in Outlook: nothing is deleted in the CRM
	//   sync      nothing to write
	//   CRM       Ada Lovelace · Countess · Engines
	//             Bob Noyce · Engines
	//             Grace Hopper
	//   Outlook   Bob Noyce · Engines
}

func Example_tribe() {
	run([]string{"tribe"}, os.Stdout, os.Stderr)
	// Output:
	// Tribe: my relations, both ways; new people come from the CRM                   preset/tribe.json
	// ────────────────────────────────────────────────────────────────────────────────────────────────
	//
	//   Jan has an infix; Tess was made in Outlook and stays there (E7, E11)
	//   sync      2 made in Outlook
	//   CRM       Jan van der Berg · Buyer
	//             Mila Jansen
	//   Outlook   Jan van der Berg · Buyer
	//             Mila Jansen
	//             Tess Bakker
	//
	//   Jan marries in Outlook: the infix goes where it belongs
	//   sync      1 changed in the CRM
	//   CRM       Jan de Vries · Buyer
	//             Mila Jansen
	//   Outlook   Jan de Vries · Buyer
	//             Mila Jansen
	//             Tess Bakker
	//
	//   Mila's card is deleted in Outlook: her record stays (X4)
	//   sync      nothing to write
	//   CRM       Jan de Vries · Buyer
	//             Mila Jansen
	//   Outlook   Jan de Vries · Buyer
	//             Tess Bakker
	//
	//   Mila changes in the CRM: she comes back (X4)
	//   sync      1 made in Outlook
	//   CRM       Jan de Vries · Buyer
	//             Mila Jansen · Head of sales
	//   Outlook   Jan de Vries · Buyer
	//             Mila Jansen · Head of sales
	//             Tess Bakker
	//
	//   Jan is marked former: his card stays, and follows no more (E7)
	//   sync      nothing to write
	//   CRM       Jan de Vries · Retired · true
	//             Mila Jansen · Head of sales
	//   Outlook   Jan de Vries · Buyer
	//             Mila Jansen · Head of sales
	//             Tess Bakker
	//
	//   Noor is a private person, with a map of her own in the same folder; Mila is not (E8)
	//   sync      1 made in Outlook
	//   CRM       Jan de Vries · Retired · true
	//             Mila Jansen · Head of sales · 020 7946 0011
	//             Noor Visser · Judge · 020 7946 0012
	//   Outlook   Jan de Vries · Buyer
	//             Mila Jansen · Head of sales
	//             Noor Visser · 020 7946 0012
	//             Tess Bakker
}

func Example_piesync() {
	run([]string{"piesync"}, os.Stdout, os.Stderr)
	// Output:
	// PieSync: everybody, both ways, by email; the newer edit wins                 preset/piesync.json
	// ────────────────────────────────────────────────────────────────────────────────────────────────
	//
	//   Ada is on both sides, and each has what the other lacks (M1, C2)
	//   sync      1 made in the CRM; 1 changed in the CRM; 1 changed in Outlook
	//   CRM       Ada Lovelace · Analyst · +44 7700 900001
	//             Grace Hopper
	//   Outlook   Ada Lovelace · Analyst · +44 7700 900001
	//             Grace Hopper
	//
	//   Ada's title is edited in the CRM, and an hour later in Outlook; her surname in Outlook alone (C1)
	//   sync      1 changed in the CRM
	//   CRM       Ada King · Countess · +44 7700 900001
	//             Grace Hopper
	//   Outlook   Ada King · Countess · +44 7700 900001
	//             Grace Hopper
	//
	//   Grace is deleted in Outlook: she stays in the CRM (X5)
	//   sync      nothing to write
	//   CRM       Ada King · Countess · +44 7700 900001
	//             Grace Hopper
	//   Outlook   Ada King · Countess · +44 7700 900001
}

// What cannot be told is said, with the exit code of a wrong argument.
func TestUnknownStyle(t *testing.T) {
	var out, errs strings.Builder
	assert.Equal(t, 2, run([]string{"salesforce"}, &out, &errs))
	assert.Equal(t, "styles: there is no style \"salesforce\"; there are dealius, pipeliner, oracle, tribe, piesync\n", errs.String())
	assert.Empty(t, out.String())
}

// The settings that a story is told with can be seen beside it.
func TestSettingsAreShown(t *testing.T) {
	var out, errs strings.Builder
	assert.Equal(t, 0, run([]string{"-settings", "oracle"}, &out, &errs))
	assert.Contains(t, out.String(), `"Contacts I own": {"equals": {"field": "owner", "value": "$user"}}`)
	assert.Empty(t, errs.String())
}
