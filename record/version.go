package record

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"runtime/debug"
	"sync"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// canonicalVersion is raised with every change of our own that gives any value another canonical form; the golden
// test of the forms holds it to that.
const canonicalVersion = 1

// TypedVersion is the version of the canonical forms of this build (see [Field.Canonical]). Forms, and fingerprints of
// them, are comparable only under the same version; another version means "cannot tell", never "differs".
//
// It covers this package's own rules, the numbering plans of the phone library, the versions of Unicode in use, and,
// where the build recorded them, the versions of the modules that do the work, whose code may change without their
// data. It is the same on every machine that runs the same build.
func TypedVersion() uint32 { return typedVersion() }

var typedVersion = sync.OnceValue(func() uint32 {
	h := fnv.New32a()
	fmt.Fprintln(h, canonicalVersion, unicode.Version, norm.Version, cases.UnicodeVersion, idna.UnicodeVersion)
	writeNumberingPlans(h)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "github.com/nyaruka/phonenumbers", "golang.org/x/text", "golang.org/x/net":
				if m.Replace != nil {
					m = m.Replace
				}
				fmt.Fprintln(h, m.Path, m.Version)
			}
		}
	}
	return h.Sum32()
})

// writeNumberingPlans writes what of the phone library's data decides how a number is read and whether it is valid.
func writeNumberingPlans(w io.Writer) {
	plans, err := phonenumbers.MetadataCollection()
	if err != nil {
		return // the library has then panicked on loading
	}
	for _, p := range plans.GetMetadata() {
		fmt.Fprintf(w, "%s %d %q %q %q %q %q\n", p.GetId(), p.GetCountryCode(), p.GetInternationalPrefix(),
			p.GetNationalPrefix(), p.GetNationalPrefixForParsing(), p.GetNationalPrefixTransformRule(), p.GetLeadingDigits())
		for _, d := range []*phonenumbers.PhoneNumberDesc{
			p.GetGeneralDesc(), p.GetFixedLine(), p.GetMobile(), p.GetTollFree(), p.GetPremiumRate(), p.GetSharedCost(),
			p.GetPersonalNumber(), p.GetVoip(), p.GetPager(), p.GetUan(), p.GetVoicemail(),
		} {
			io.WriteString(w, d.GetNationalNumberPattern())
			binary.Write(w, binary.LittleEndian, d.GetPossibleLength())
			binary.Write(w, binary.LittleEndian, d.GetPossibleLengthLocalOnly())
		}
	}
}
