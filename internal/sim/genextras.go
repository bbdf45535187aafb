package sim

import (
	"math/rand/v2"
	"slices"
)

// Extras asks for extras in every script: features that came later than the others. Of other scripts one in four has any, and none of
// those that are to be [Large].
const Extras With = "extras"

// extra is a feature that came later than the others. It adds its lines to a script that is written already, and draws from a stream of
// its own: a script without it is what it always was, and what one extra draws changes nothing of another.
type extra struct {
	stream uint64
	write  func(*generator)
}

// extras are all of them, by stream; the stream 0 says which scripts have any.
var extras = []extra{
	{1, (*generator).pauses},
	{2, (*generator).answers},
	{11, (*generator).actions},
	{12, (*generator).kinds},
	{13, (*generator).backups},
	{14, (*generator).losses},
}

// streamOf is a stream of random numbers of a seed, beside the one that most of its script is drawn from.
func streamOf(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0xadd<<32|stream)) }

// extras adds extras to a script.
func (g *generator) extras(seed uint64) {
	drawn := streamOf(seed, 0).IntN(4) == 0 && !slices.Contains(g.with, Large)
	if !drawn && !slices.Contains(g.with, Extras) {
		return
	}
	for _, x := range extras {
		if g.Rand = streamOf(seed, x.stream); g.chance(40) {
			x.write(g)
		}
	}
}

// amid puts the lines that write writes somewhere into the story, after the people and their records.
func (g *generator) amid(write func()) {
	script := g.script
	g.script = nil
	write()
	at := g.begun + g.IntN(len(script)-g.begun+1)
	g.script = slices.Concat(script[:at], g.script, script[at:])
}
