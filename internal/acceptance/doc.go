// Package acceptance tells, for each feature of docs/features.md that is there, a short story of people in a CRM and in
// Outlook, and what both sides hold in the end.
//
// A [Row] is told twice: as a host sets the feature, and with that turned round. What it promises must hold the first time and
// must not hold the second, so that no row passes without its feature. The sides are those of memstore; a feature that is
// about what Microsoft Graph does with a value is shown elsewhere, where docs/features.md says.
//
// [Gaps] compares the rows with docs/features.md; the command below cmd prints the list.
package acceptance
