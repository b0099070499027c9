package isbn

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	rangeMessage = flag.String("range-message", "", "RangeMessage.xml to write data/ranges.txt from")
	update       = flag.Bool("update", false, "write data/ranges.txt")
)

// Pairs stated by the standard's examples and by publishers' imprints:
// 0306406152 is 9780306406157, 711154742X is 9787111547426.
func TestParse(t *testing.T) {
	tests := []struct {
		in   string
		want Number
	}{
		{"0306406152", Number{"9780306406157", true}},
		{"0-306-40615-2", Number{"9780306406157", true}},
		{"711154742X", Number{"9787111547426", true}},
		{"7-111-54742-x", Number{"9787111547426", true}},
		{"9787111547426", Number{"9787111547426", true}},
		{"978-7-111-54742-6", Number{"9787111547426", true}},
		{" ISBN 978-7-111-54742-6 ", Number{"9787111547426", true}},
		{"ISBN-13: 9787111547426", Number{"9787111547426", true}},
		{"ISBN：９７８７１１１５４７４２６", Number{"9787111547426", true}},
		{"978–7–111–54742–6", Number{"9787111547426", true}},
		{"711154742", Number{"711154742", false}},         // X missing
		{"9787111547427", Number{"9787111547427", false}}, // wrong check digit
		{"0306406153", Number{"0306406153", false}},
		{"4006381333931", Number{"4006381333931", false}}, // EAN of a pencil
		{"036000291452", Number{"036000291452", false}},   // UPC of 12 digits
		{"12345678901", Number{"12345678901", false}},
		{"9.78711E+12", Number{}},
		{"X306406152", Number{}},
		{"03064061X2", Number{}},
		{"a book", Number{}},
		{"1234567", Number{}},
		{"978711154742600", Number{}},
		{"", Number{}},
	}
	for _, test := range tests {
		if got := Parse(test.in); got != test.want {
			t.Errorf("%q: %+v, want %+v", test.in, got, test.want)
		}
	}
}

func TestTo10(t *testing.T) {
	for thirteen, ten := range map[string]string{"9780306406157": "0306406152", "9787111547426": "711154742X"} {
		if got, ok := To10(thirteen); !ok || got != ten {
			t.Error(thirteen, got, ok)
		}
	}
	if _, ok := To10("9791032305690"); ok {
		t.Error("979 has no ISBN-10")
	}
}

// The lengths of registrants in group 978-7 are those of the agency's message:
// 00-09 two digits, 100-499 three, 5000-7999 four, 80000-89999 five, 900000-999999 six.
func TestSplit(t *testing.T) {
	ranges := Shipped()
	tests := []struct {
		in   string
		want Parts
	}{
		{"9787020000000", Parts{"978", "7", "02", "000000", "0"}},
		{"9787111547426", Parts{"978", "7", "111", "54742", "6"}},
		{"9787506300000", Parts{"978", "7", "5063", "0000", "0"}},
		{"9787801230000", Parts{"978", "7", "80123", "000", "0"}},
		{"9787900000000", Parts{"978", "7", "900000", "00", "0"}},
		{"9780306406157", Parts{"978", "0", "306", "40615", "7"}},
	}
	for _, test := range tests {
		got, ok := ranges.Split(test.in)
		if diff := cmp.Diff(test.want, got); !ok || diff != "" {
			t.Error(test.in, ok, diff)
		}
	}
	if _, ok := ranges.Split("9786500000000"); ok {
		t.Error("no such group")
	}
	for code, hint := range map[string][2]string{
		"9787111547426": {"CN", "chi"}, "9780306406157": {"", "eng"}, "9791032305690": {"FR", "fre"}, "9789576300000": {"TW", "chi"},
	} {
		if g := ranges.Group(code); g == nil || g.Country != hint[0] || g.Language != hint[1] {
			t.Error(code, g)
		}
	}
}

// TestWriteRanges writes data/ranges.txt from a newer message of the agency:
//
//	go test ./etl/star/isbn -run TestWriteRanges -range-message RangeMessage.xml -update
//
// Without flags it checks the writer on the message kept with the test data.
func TestWriteRanges(t *testing.T) {
	path := *rangeMessage
	if path == "" {
		dir := os.Getenv("VERSO_DATA")
		if dir == "" {
			dir = filepath.Join("..", "..", "..", "..", "shared", "data")
		}
		path = filepath.Join(dir, "isbn_ranges", "RangeMessage-2017-12-21.xml")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skip("no range message: ", err)
	}
	defer f.Close()
	text, err := Compact(f)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("data/ranges.txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if *rangeMessage == "" && text != rangesText {
		t.Error("data/ranges.txt differs from what the message gives: run with -update")
	}
}

func TestCompactBad(t *testing.T) {
	for _, text := range []string{"", "<ISBN", "<ISBNRangeMessage><RegistrationGroups><Group><Prefix>978-0</Prefix><Rules><Rule><Range>12</Range><Length>1</Length></Rule></Rules></Group></RegistrationGroups></ISBNRangeMessage>"} {
		if _, err := Compact(strings.NewReader(text)); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"978-7-111-54742-6", "711154742X", "ISBN", "９", "\xff", "xxxxxxxxxx"} {
		f.Add(seed)
	}
	ranges := Shipped()
	f.Fuzz(func(t *testing.T, text string) {
		n := Parse(text)
		if n.Valid && (len(n.Code) != 13 || !check13(n.Code)) {
			t.Errorf("%q: %+v", text, n)
		}
		if again := Parse(n.Code); n.Valid && again != n {
			t.Errorf("%q: %+v, then %+v", text, n, again)
		}
		if ten, ok := To10(n.Code); ok && n.Valid && Parse(ten) != n {
			t.Errorf("%q: %q", text, ten)
		}
		if n.Valid {
			ranges.Split(n.Code)
		}
	})
}
