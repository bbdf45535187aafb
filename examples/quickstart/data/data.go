// Package data is what the quickstart starts from: the export of a CRM and the Outlook mailbox of one of its users,
// which already holds about a third of those people, written differently. All of it is invented by the program in gen
// and stays the same until that program changes.
//
// The export has the mess of life: accents, Dutch infixes in their column or in the surname, German titles and compound
// names, Spanish double surnames, Chinese names in characters and in pinyin; extensions, several phones in one field,
// trailing words, marks pasted from a phone; missing, shared, shouted and impossible addresses; companies whose people
// share a switchboard or one info@ mailbox, households that share a phone, strangers who share a name, a father and a son
// who do too, 25 people who were typed in twice; notes with quotes, semicolons and line breaks.
//
// The mailbox has nicknames and cards in other words, its own categories and notes, addresses and phones that the CRM does
// not know, a few people saved twice, 60 contacts from the owner's own life, a quarter of them marked private, and people
// who share a name, an address or a phone with somebody in the CRM and are somebody else.
package data

import _ "embed"

//go:generate go run ./gen

// CRM is the export: CSV with a header, one row a person.
//
//go:embed crm.csv
var CRM []byte

// Mailbox is a JSON array of contacts by the property names of Graph v1.0. "private": true, which Graph keeps as an
// extended property, marks a private one.
//
//go:embed mailbox.json
var Mailbox []byte

// Truth is a JSON array with one answer for each contact of Mailbox, in order: item (its place), crm (the ids of the
// rows that are the same person; absent: the CRM does not know them), by (what they have in common: email, phone;
// absent: the name alone), why (of somebody else: private, namesake, switchboard, role mailbox, household).
//
//go:embed truth.json
var Truth []byte
