package record_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/seed-42871e99/crmsync/record"
)

func valid(e164 string) record.PhoneNumber { return record.PhoneNumber{E164: e164, Valid: true} }

func withExt(e164, ext string) record.PhoneNumber {
	return record.PhoneNumber{E164: e164, Ext: ext, Valid: true}
}

func unknown(digits string) record.PhoneNumber { return record.PhoneNumber{Digits: digits} }

func TestParsePhones(t *testing.T) {
	type numbers = []record.PhoneNumber
	for _, tt := range []struct {
		region, text string
		want         numbers
	}{
		{"NL", "", nil},
		{"NL", "onbekend", nil},
		{"NL", "020 123 4567", numbers{valid("+31201234567")}},
		{"nl", "(020) 123-45.67\r\n", numbers{valid("+31201234567")}},
		{"NL", "+31 (0)20 1234567", numbers{valid("+31201234567")}},
		{"NL", "0031 20 1234567", numbers{valid("+31201234567")}},
		{"US", "0031 20 1234567", numbers{valid("+31201234567")}}, // 00 is not the exit code there
		{"", "0031 20 1234567", numbers{valid("+31201234567")}},
		{"NL", "31 20 1234567", numbers{valid("+31201234567")}},
		{"NL", "+44 20 7946 0000", numbers{valid("+442079460000")}},
		{"NL", "tel:+31-20-1234567", numbers{valid("+31201234567")}},
		{"NL", "\u202a020\u00a0123\u20114567\u202c", numbers{valid("+31201234567")}},
		{"NL", "０２０－１２３４５６７", numbers{valid("+31201234567")}},
		{"NL", "٠٢٠ ١٢٣ ٤٥٦٧", numbers{valid("+31201234567")}},
		{"NL", "०२० १२३ ४५६७", numbers{valid("+31201234567")}},
		{"", "020 1234567", numbers{unknown("0201234567")}},
		{"XX", "020 1234567", numbers{unknown("0201234567")}},
		{"XX", "+31 20 1234567", numbers{valid("+31201234567")}},

		// Letters are not keys: the phone library alone reads "werk" as 9375.
		{"NL", "06-12345678 werk", numbers{valid("+31612345678")}},
		{"NL", "06-12345678 (office)", numbers{valid("+31612345678")}},
		{"NL", "Mobiel: 06-12345678.", numbers{valid("+31612345678")}},
		{"US", "1-800-FLOWERS", numbers{unknown("1800")}},

		// Extensions.
		{"NL", "020 1234567 toestel 12", numbers{withExt("+31201234567", "12")}},
		{"NL", "020 1234567 tst. 12", numbers{withExt("+31201234567", "12")}},
		{"NL", "020 1234567 ext. 0012 (na 9 uur)", numbers{withExt("+31201234567", "0012"), unknown("9")}},
		{"GB", "020 7946 0000 x12", numbers{withExt("+442079460000", "12")}},
		{"GB", "020 7946 0000 #12", numbers{withExt("+442079460000", "12")}},
		{"GB", "+44 20 7946 0000;ext=12", numbers{withExt("+442079460000", "12")}},
		{"DE", "030 23125-0 Durchwahl 12", numbers{withExt("+4930231250", "12")}},
		{"GB", "2 x 020 7946 0000", numbers{unknown("2"), valid("+442079460000")}},

		// Several in one field.
		{"NL", "020 1234567 / 06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "020 1234567/06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "020 1234567, 06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "020 1234567; 06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "020 1234567\r\n06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "020 1234567 of 06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "werk 020 1234567 thuis 06-12345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "+31201234567 +31612345678", numbers{valid("+31201234567"), valid("+31612345678")}},
		{"NL", "020 1234567 tst 12 / 06-12345678", numbers{withExt("+31201234567", "12"), valid("+31612345678")}},

		// A slash or comma may stand inside one number.
		{"DE", "030/23125123", numbers{valid("+493023125123")}},
		{"DE", "0421 / 112233", numbers{valid("+49421112233")}},
		{"DE", "030/23125123/124", numbers{valid("+493023125123124")}}, // nothing tells the last three from an extension dialled through
		{"NL", "020-1234567/8", numbers{valid("+31201234567"), unknown("8")}},
		{"DE", "030 23125123/124", numbers{valid("+493023125123"), unknown("124")}},

		// Where reading again could strip a prefix.
		{"RU", "8 800 123 45 67", numbers{valid("+78001234567")}},
		{"AR", "011 15-2345-6789", numbers{valid("+5491123456789")}},
		{"IT", "06 1234 5678", numbers{valid("+390612345678")}},

		{"NL", "12345", numbers{unknown("12345")}},
		{"NL", "+31 6", numbers{unknown("+316")}},
		{"NL", "\xff020 1234567", nil},
	} {
		got := record.ParsePhones(tt.text, tt.region)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("ParsePhones(%q, %q) mismatch (-want +got):\n%s", tt.text, tt.region, diff)
		}
	}
}

func TestFormatE164(t *testing.T) {
	if got, ok := record.FormatE164("12 / 020 7946 0000 x3", "GB"); got != "+442079460000" || !ok {
		t.Errorf("got %q, %v; want the first valid number", got, ok)
	}
	if got, ok := record.FormatE164("12345", "GB"); got != "" || ok {
		t.Errorf("got %q, %v for a text without a valid number", got, ok)
	}
}

func TestValidRegion(t *testing.T) {
	for region, want := range map[string]bool{"NL": true, "nl": true, " gb ": true, "": false, "UK": false, "001": false, "Netherlands": false} {
		if got := record.ValidRegion(region); got != want {
			t.Errorf("ValidRegion(%q) = %v", region, got)
		}
	}
}

func genPhone() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{
		"020 7946 0000", "+44 20 7946 0001", "+31 20 1234567", "8 800 123 45 67", "+7 8001234567", "12", "1234", "+", "00",
		" ", "/", ", ", ";", "\n", " ext 12", "x7", "#1", "werk", " (office) ", "\u202a", "０２０", ";ext=1", "(0)", "-", "é",
	})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 0, 5).Draw(t, "parts"), "") }),
		genEntry(),
	)
}

// Fields whose texts hold the same valid numbers are equal, and the other way round.
func TestPhoneEqualityFollowsTheNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := genLocale().Draw(t, "locale")
		a, b := genPhone().Draw(t, "a"), genPhone().Draw(t, "b")
		f := record.Field{Type: record.Phone}
		na, nb := record.ParsePhones(a, loc.Region), record.ParsePhones(b, loc.Region)
		if !allValid(na) || !allValid(nb) {
			return
		}
		if got, want := f.Equal(record.Value{a}, record.Value{b}, loc), cmp.Equal(na, nb); got != want {
			t.Errorf("Equal(%q, %q) = %v; the numbers are %v and %v", a, b, got, na, nb)
		}
	})
}

func allValid(numbers []record.PhoneNumber) bool {
	for _, n := range numbers {
		if !n.Valid {
			return false
		}
	}
	return len(numbers) > 0
}

// What is remembered is what would be read anew, also while others read.
func TestPhoneMemoryChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(genPhone(), 1, 20).Draw(t, "texts")
		loc := genLocale().Draw(t, "locale")
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for _, s := range texts {
					record.ParsePhones(s, loc.Region)
				}
			})
		}
		readers.Wait()
		for _, s := range texts {
			checkPhone(t, s, loc.Region)
		}
	})
}

// What was read in a region must not answer for another, wherever region and text would read alike when put together.
func TestPhoneMemoryKeepsRegionsApart(t *testing.T) {
	for _, of := range [][2]string{{"\x00", ""}, {"", "\x00"}, {" \x00", ""}, {"", " \x00"}, {"N", "L020 123 4567"}, {"NL", "020 123 4567"}} {
		checkPhone(t, of[1], of[0])
	}
}

// Numbers that are read without the phone library are read as it reads them, in every country.
func TestPlainNumbersAreReadAsTheLibraryReadsThem(t *testing.T) {
	codes := slices.Sorted(maps.Keys(phonenumbers.GetSupportedCallingCodes()))
	plain := 0
	check := func(t require.TestingT, digits string) {
		got := record.ParsePlain(digits)
		if got == "" {
			return
		}
		plain++
		want, err := phonenumbers.Parse(digits, "")
		require.NoError(t, err, digits)
		require.Equal(t, phonenumbers.Format(want, phonenumbers.E164), got, digits)
		require.False(t, want.GetItalianLeadingZero() || want.GetExtension() != "", digits)
	}
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
			if n := phonenumbers.GetExampleNumberForType(region, kind); n != nil {
				check(t, phonenumbers.Format(n, phonenumbers.E164))
			}
		}
	}
	require.Greater(t, plain, 500)
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(codes).Draw(t, "code")
		check(t, fmt.Sprintf("+%d%s", code, rapid.StringMatching(`[0-9]{0,16}`).Draw(t, "digits")))
	})
}

func FuzzParsePhones(f *testing.F) {
	for _, s := range spellings {
		f.Add(s, "GB")
		f.Add(s, "")
	}
	f.Add("020 1234567 tst 12 / 06-12345678 werk", "NL")
	f.Add("011 15-2345-6789", "AR")
	f.Add(" \x00", "")
	f.Add("", "\x00")
	f.Fuzz(func(t *testing.T, text, region string) { checkPhone(t, text, region) })
}

// checkPhone holds what is read in a text to what is promised about it.
func checkPhone(t interface{ Errorf(string, ...any) }, text, region string) {
	numbers := record.ParsePhones(text, region)
	field, loc := record.Field{Type: record.Phone}, record.Locale{Region: region}
	form := field.Canonical(record.Value{text}, loc)
	if again := field.Canonical(form, loc); !cmp.Equal(form, again) {
		t.Errorf("%q in %q: canonical form %q has the canonical form %q", text, region, form, again)
	}
	if anew, canonical := record.ReadPhoneAnew(text, region); form.Text() != canonical || !cmp.Equal(numbers, anew) {
		if len(numbers) > 0 { // a text that is not UTF-8 is not read
			t.Errorf("%q in %q: remembered %v, %q; read anew %v, %q", text, region, numbers, form.Text(), anew, canonical)
		}
	}
	for _, n := range numbers {
		if n.Valid != (n.E164 != "") || n.Valid == (n.Digits != "") {
			t.Errorf("%q in %q: %+v is neither valid nor unknown", text, region, n)
		}
		if !n.Valid {
			continue
		}
		written := n.E164
		if n.Ext != "" {
			written += " ext " + n.Ext
		}
		if again := record.ParsePhones(written, ""); !cmp.Equal(again, []record.PhoneNumber{n}) {
			t.Errorf("%q in %q: %+v, written as %q, reads as %+v", text, region, n, written, again)
		}
	}
}

func BenchmarkParsePhones(b *testing.B) {
	b.Run("remembered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			record.ParsePhones("020 123 4567", "NL")
		}
	})
	b.Run("anew", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			record.ReadPhoneAnew("020 123 4567", "NL")
		}
	})
	b.Run("anewTwo", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			record.ReadPhoneAnew("020 123 4567 tst 12 / 06-12345678 werk", "NL")
		}
	})
}

// Numbers that no plan knows, but with a country code and the right length, are equal however they are spelled; they
// still identify nobody.
func TestPossibleNumbersAreEqual(t *testing.T) {
	f := record.Field{Name: "mobile", Type: record.Phone}
	nl := record.Locale{Region: "NL"}
	for _, s := range []string{"0044 7700 900623", "+44 (0)7700 900623", "+44 7700-900-623"} {
		if !f.Equal(record.Value{s}, record.Value{"+447700900623"}, nl) {
			t.Errorf("%q is not equal to +447700900623", s)
		}
		if _, valid := record.FormatE164(s, "NL"); valid {
			t.Errorf("%q is taken for a valid number", s)
		}
	}
	if f.Equal(record.Value{"+447700900623"}, record.Value{"+447700900624"}, nl) {
		t.Error("two numbers are one")
	}
}
