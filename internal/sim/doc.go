// Package sim plays random stories against the engine, in one goroutine, without real time, and holds what comes of them
// against the promises it makes. One seed decides everything: the people and their records, the settings, the edits on
// both sides, the runs in between, and what goes wrong at which call.
//
// A seed is turned into a [Script], lines of text that a person can read and change; [Play] plays it and returns the
// first [Violation]; [Shrink] drops what the failure does not need. Nothing else is random, so a script is all
// there is to know about a failure. Scripts that once failed are kept in testdata.
//
//	go run ./internal/sim/cmd -seed 4711 -v       play one seed and show what happened
//	go run ./internal/sim/cmd -seeds 100000       play many on all cores, and say what was covered
//	go run ./internal/sim/cmd -duration 5m -graph play over the Graph adapter and the emulator of Graph
//	go run ./internal/sim/cmd -script FILE -v     play a script
//
// What the simulation learnt to play later is put into scripts as extras (genextras.go), each drawn from a stream of random numbers of its
// own: a seed without any plays what it always did. They are drawn with -extras alone.
//
// # What is checked
//
// The checks are a model of their own, simpler than the engine, a file each promise: they look at what both sides really hold
// ([ledger] remembers who put it there), and of the engine's memory at links and problems only.
//
//   - converges (settle.go, converges.go): when edits and faults are over, a few runs a connection bring everything to rest; then
//     runs write nothing, a complete run too. At rest, what differs between two linked records is listed as diverged for a reason
//     that the settings allow, waits for a person, or is a problem; what should have been copied was; what is back takes
//     part again.
//   - loss (loss.go): every value that a person writes is a token, unique in the story. When a write of the sync removes the last
//     trace of one, that must be licensed.
//   - doubles (doubles.go): no record is tied twice, no create leaves two copies, nothing is made twice from one source.
//   - deletes (deletes.go, guards.go, guardcounts.go, removals.go, restored.go): what the sync deletes, its counterpart was deleted, hidden, moved or made
//     ineligible by a person, the settings propagate just that, the flow allows it, and no more of it in a run and in any 24 hours
//     than the guards and people let pass. A halted connection writes nothing; what a person has let be restored is there
//     again, and its partner is not deleted. What a person deleted, and nothing else follows from, is not made again from what is left
//     (discards.go) before somebody touches that.
//   - undo (deeds.go, undone.go, meant.go, redone.go): an undo writes only over what the run wrote; when it has ended, what nobody touched
//     since is as it was before the run, everything else is as it was before the undo and named; and no run does it again.
//   - answers (answers.go, answerbook.go): who was said to be one person is linked by the next run, who was said to be two people never, nor is
//     that asked again, for as long as both are what was shown; what a person keeps against a removal is not deleted; and nobody
//     answers for somebody else.
//   - off (pauses.go): a run of a connection that is off writes nothing and asks neither side for anything; once it is on again the
//     other checks hold as if it had never been off.
//   - ends (endings.go): the end of a connection writes nothing to the CRM and takes back only what the sync made, no more of it than was shown,
//     and no value that a person wrote there and the CRM does not have; what is as the sync made it is gone.
//   - isolation (isolation.go, twin.go, kinds.go): runs keep to their own user, rules to the kinds of records that they are for, failures
//     of single writes to single records, and values out of messages and logs.
//   - bounded (bounded.go): a run with nothing to do costs a request a side; one after a change looks at what changed.
//   - sound: no run panics, fails when nothing is wrong, or leaves a problem open that only a fault explained.
package sim
