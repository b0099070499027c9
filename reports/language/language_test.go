package language

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// read is a language of a file with this text.
func read(t *testing.T, code, text string) *Language {
	t.Helper()
	path := filepath.Join(t.TempDir(), code+".yaml")
	if err := os.WriteFile(path, []byte("language: "+code+"\n"+text), 0o644); err != nil {
		t.Fatal(err)
	}
	l, faults := Read(path)
	if l == nil || len(faults) > 0 {
		t.Fatal(faults)
	}
	return l
}

// Chinese says everything that English says, with the same names filled in.
func TestChineseIsComplete(t *testing.T) {
	zh := Chinese()
	if missing := zh.Missing(nil); len(missing) > 0 {
		t.Errorf("missing: %s", missing)
	}
	for _, s := range Sections() {
		for key, text := range zh.texts[s] {
			en, ok := English().texts[s][key]
			if !ok {
				t.Errorf("%s.%s is no text of English", s, key)
			}
			for _, name := range placeholders(text) {
				if !slices.Contains(allowed(s, key, en), name) && key != "run.month" { // English names the month by its number
					t.Errorf("%s.%s: its English has no {%s}", s, key, name)
				}
			}
		}
	}
}

// A number chooses the form by the rule of its language, also where it is written
// with the signs of the language.
// No space stands between two Chinese characters, one of the text and one of a value;
// values keep theirs, and other languages all.
func TestChineseHasNoSpacesWithin(t *testing.T) {
	for _, c := range []struct{ text, who, want string }{
		{"自 {who} 以来销售 {who} 的", "2026年1月1日", "自 2026年1月1日以来销售 2026年1月1日的"},
		{"其中 {who} 的", "王 五", "其中王 五的"},
		{"其中 {who} 的", "Wang", "其中 Wang 的"},
		{"{who} {who}。", "甲乙", "甲乙甲乙。"},
		{"of {who} by {other}", "甲乙", "of 甲乙 by {other}"},
	} {
		if got := fill(c.text, []string{"who", c.who}); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestPlurals(t *testing.T) {
	pl := read(t, "pl", `
formats: {group: " ", decimal: ","}
pages:
  top.text: "{n} klientów"
  top.text.one: "{n} klient"
  top.text.few: "{n} klienci"
  top.text.many: "{n} klientów!"
`)
	for n, want := range map[string]string{"1": "1 klient", "2": "2 klienci", "5": "5 klientów!", "22": "22 klienci", "1 002": "1 002 klienci", "1,5": "1,5 klientów"} {
		if got := pl.Text(Pages, "top.text", "n", n); got != want {
			t.Errorf("%s: %q, want %q", n, got, want)
		}
	}
	if d := cmp.Diff([]string{"one", "few", "many"}, pl.categories()); d != "" {
		t.Error(d)
	}
	if got := English().Text(Pages, "page.sales", "n", "7"); got != "Sales" { // a key that ends in .other is no form of a plural
		t.Error(got)
	}
	for lang, want := range map[*Language]string{English(): "Others", pl: "Others"} { // a text that the language lacks
		if got := lang.Words(Frame)["others"]; got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
	en := English()
	if one, many := en.Text(Pages, "top.text", "n", "1", "share", "x"), en.Text(Pages, "top.text", "n", "1,001", "share", "x"); one == many || !strings.Contains(many, "1,001") {
		t.Errorf("English: %q, %q", one, many)
	}
}

// Sentences are found by their English whatever numbers and names they hold.
func TestSaid(t *testing.T) {
	de := read(t, "de", `
formats: {group: ".", decimal: ","}
said:
  "{1} of {2} lines late": "{1} von {2} Zeilen zu spät"
  "Rows without {1}": "Zeilen ohne {1}"
  "North China": Nordchina
  "empty": ""
`)
	for en, want := range map[string]string{
		"9 of 1,200.5 lines late": "9 von 1.200,5 Zeilen zu spät", "Rows without customer_id": "Zeilen ohne customer_id", "North China": "Nordchina",
		"empty": "empty", "Nothing known": "Nothing known", "Rows without {1}": "Zeilen ohne {1}",
	} {
		if got := de.Said(en); got != want {
			t.Errorf("%s: %q, want %q", en, got, want)
		}
	}
	if got := de.Either("North China", "华北"); got != "Nordchina" {
		t.Error(got)
	}
	if got := Chinese().Either("North China", "华北") + English().Either("North China", "华北"); got != "华北North China" {
		t.Error(got)
	}
	if missing := strings.Join(de.Missing([]string{"North China", "empty", "empty"}), " "); !strings.HasSuffix(missing, " said.empty") || strings.Contains(missing, "North") {
		t.Error("what is missing is not counted")
	}
}

// Dates and ranges are written by the patterns of the language.
func TestDates(t *testing.T) {
	de := read(t, "de", `formats: {long_date: "{day}. {month} {year}", short_date: "{day2}.{month2}.{year}", range: "{from} bis {to}", range_day: "{day2}.{month2}.{year}", range_same_year: "{day2}.{month2}.", months: [Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember]}`)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range [][2]string{
		{de.Day(de.LongDate, day(2026, 3, 5)), "5. März 2026"}, {de.Day(de.ShortDate, day(2026, 3, 5)), "05.03.2026"}, {de.Days(day(2026, 1, 1), day(2026, 6, 30)), "01.01. bis 30.06.2026"},
		{de.Days(day(2025, 7, 1), day(2026, 6, 30)), "01.07.2025 bis 30.06.2026"}, {Chinese().Days(day(2025, 7, 1), day(2026, 6, 30)), "2025年7月1日至2026年6月30日"},
		{English().Days(day(2026, 1, 1), day(2026, 6, 30)), "1 Jan – 30 Jun 2026"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

// A template is a language file: it has every key, what CLDR knows, and keeps what
// was translated already.
func TestTemplate(t *testing.T) {
	have := read(t, "de", "pages: {page.sales: Umsatz}\nsaid: {\"North China\": Nordchina}\n")
	for name, from := range map[string]*Language{"new": nil, "again": have} {
		var b bytes.Buffer
		if err := WriteTemplate(&b, "de", from, map[string][]string{"pages.page.sales": {"index"}}, []Sentence{{"North China", "sales"}, {"North China", "index"}, {`a "quoted" \ text`, ""}}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "de.yaml")
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		l, faults := Read(path)
		if l == nil || len(faults) > 0 {
			t.Fatal(faults)
		}
		if name == "new" && (l.Group != "." || l.Decimal != "," || l.Percent != "\u00a0%" || l.Name != "Deutsch") {
			t.Errorf("%+v", l.Formats)
		}
		if name == "again" && (l.Text(Pages, "page.sales") != "Umsatz" || l.Said("North China") != "Nordchina") {
			t.Error("what was translated is lost")
		}
		if !strings.Contains(b.String(), "# Sales  (index)") || strings.Count(b.String(), `"North China"`) != 1 {
			t.Error("a text does not say where it is shown")
		}
	}
}
