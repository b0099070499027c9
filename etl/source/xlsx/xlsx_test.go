package xlsx

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// save writes a workbook made by fill.
func save(t *testing.T, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// read reads a whole sheet as lines of cells joined by bars.
func read(t *testing.T, path string, o Options) (*Sheet, []string) {
	t.Helper()
	b, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s, err := b.Sheet(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var rows []string
	for {
		c, err := s.Next()
		if errors.Is(err, io.EOF) {
			return s, rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, strings.Join(c.Texts, "|"))
	}
}

func set(t *testing.T, f *excelize.File, sheet string, rows ...[]any) {
	t.Helper()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow(sheet, cell, &row); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCells(t *testing.T) {
	path := save(t, func(f *excelize.File) {
		set(t, f, "Sheet1",
			[]any{"text", "number", "flag", "day", "moment", "clock", "percent", "error"},
			[]any{"书 & <b>", 0.1 + 0.2, true, 45351, 45351.5243055556, 0.75, 0.125, nil},
			[]any{" kept ", 12345678901.0, false, 1, 61.25, 45351, 1e-7, nil},
			[]any{"12", -3, nil, 59, 60, nil, 1e21, nil})
		for format, cells := range map[int]string{14: "D2:D4", 22: "E2:E4", 10: "G2:G4"} {
			style, _ := f.NewStyle(&excelize.Style{NumFmt: format})
			from, to, _ := strings.Cut(cells, ":")
			f.SetCellStyle("Sheet1", from, to, style)
		}
		own := `yyyy"年"m"月"d"日";@`
		style, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &own})
		f.SetCellStyle("Sheet1", "F3", "F3", style)
		clock := "[h]:mm"
		style, _ = f.NewStyle(&excelize.Style{CustomNumFmt: &clock})
		f.SetCellStyle("Sheet1", "F2", "F2", style)
		f.SetCellFormula("Sheet1", "H2", "1/0")
	})
	s, rows := read(t, path, Options{})
	want := []string{
		"书 & <b>|0.3|true|2024-02-29|2024-02-29 12:35:00|18:00:00|0.125|",
		" kept |12345678901|false|1900-01-01|1900-03-01 06:00:00|2024-02-29|0.0000001|",
		"12|-3||1900-02-28|1900-02-28|" + "|1000000000000000000000|",
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if s.HeaderRow != 1 || strings.Join(s.Header, " ") != "text number flag day moment clock percent error" {
		t.Error(s.HeaderRow, s.Header)
	}
}

func TestDate1904(t *testing.T) {
	path := save(t, func(f *excelize.File) {
		yes := true
		f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		set(t, f, "Sheet1", []any{"id", "day"}, []any{"a", 43889}, []any{"b", 0})
		style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		f.SetCellStyle("Sheet1", "B2", "B3", style)
	})
	if _, rows := read(t, path, Options{}); strings.Join(rows, " ") != "a|2024-02-29 b|1904-01-01" {
		t.Error(rows)
	}
}

// A table under a title, with blank and merged rows between, in the second sheet.
func TestWhereTheTableIs(t *testing.T) {
	path := save(t, func(f *excelize.File) {
		f.NewSheet("Orders 2024")
		set(t, f, "Sheet1", []any{"nothing"})
		set(t, f, "Orders 2024",
			[]any{"Sales report"}, []any{"as of", 45000}, []any{}, []any{nil, "id", "name", "qty"},
			[]any{nil, 1, "Ann", 3, "a stray note"}, []any{}, []any{nil, 2, "Bo"}, []any{nil, nil, nil, nil}, []any{nil, "Total", nil, 3})
		f.MergeCell("Orders 2024", "A1", "D1")
		f.MergeCell("Orders 2024", "C7", "C8")
	})
	s, rows := read(t, path, Options{Sheet: "orders 2024"})
	if s.HeaderRow != 4 || strings.Join(s.Header, ",") != ",id,name,qty" || s.Beyond != 1 {
		t.Error(s.HeaderRow, s.Header, s.Beyond)
	}
	if d := cmp.Diff([]string{"|1|Ann|3", "|2|Bo|", "|Total||3"}, rows); d != "" {
		t.Error(d)
	}
	if s, rows := read(t, path, Options{Sheet: "Orders 2024", HeaderRow: 5}); s.Header[2] != "Ann" || len(rows) != 2 {
		t.Error(s.Header, rows)
	}
	b, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Sheet(Options{Sheet: "Ordres"}); err == nil || !strings.Contains(err.Error(), "the workbook has Sheet1, Orders 2024") {
		t.Error(err)
	}
	if _, err := b.Sheet(Options{HeaderRow: 99}); err == nil || !strings.Contains(err.Error(), "has nothing in row 99") {
		t.Error(err)
	}
}

// The serials of well-known days, as Excel shows them.
func TestDate(t *testing.T) {
	for _, c := range []struct {
		serial float64
		date04 bool
		want   string
	}{
		{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {61, false, "1900-03-01"}, {25569, false, "1970-01-01"},
		{36526, false, "2000-01-01"}, {45658, false, "2025-01-01"}, {2958465, false, "9999-12-31"},
		{45658.999999999, false, "2025-01-02"}, {0.5, false, "12:00:00"}, {45658.25, false, "2025-01-01 06:00:00"},
		{0, true, "1904-01-01"}, {24107, true, "1970-01-01"}, {-1, false, "-1"}, {1e9, false, "1000000000"},
	} {
		if got := Date(c.serial, c.date04); got != c.want {
			t.Errorf("%v: %s, want %s", c.serial, got, c.want)
		}
	}
	// Every day of a century against the calendar.
	day := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	for serial := 61; serial < 61+100*365; serial++ {
		if got := Date(float64(serial), false); got != day.Format(time.DateOnly) {
			t.Fatal(serial, got, day)
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestIsDateFormat(t *testing.T) {
	for code, want := range map[string]bool{
		"General": false, "0.00": false, "#,##0.00;[Red]-#,##0.00": false, "yyyy-mm-dd": true, "d/m": true, "h:mm AM/PM": true,
		`0.0" days"`: false, `[$-804]yyyy"年"`: true, "[h]:mm:ss": true, "[Red]0": false, `\d0`: false, "@": false, `"m"0`: false, "0;yyyy": false,
		"_-* #,##0.00_-": false, `[DBNum1][$-804]General`: false,
	} {
		if got := isDateFormat(code); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{"a_x000D_b": "a\rb", "_x005F_x000D_": "_x000D_", "_xyz": "_xyz", "a_x00": "a_x00", "_x0000_x": "x"} {
		if got := unescape(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A workbook as other programs write them: no row or cell references, inline
// strings of several runs, phonetic guides, error cells, ISO dates.
func TestHandWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hand.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for name, content := range map[string]string{
		"_rels/.rels":            `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://x/officeDocument" Target="/wb/book.xml"/></Relationships>`,
		"wb/book.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="s1"/></sheets></workbook>`,
		"wb/_rels/book.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s1" Type="http://x/worksheet" Target="sheets/one.xml"/><Relationship Id="t" Type="http://x/sharedStrings" Target="strings.xml"/></Relationships>`,
		"wb/strings.xml":         `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>id</t></si><si><r><t>na</t></r><r><t>me</t></r><rPh><t>NO</t></rPh></si></sst>`,
		"wb/sheets/one.xml": `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
			`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>day</t></is></c></row>` +
			`<row><c><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2024-02-29T00:00:00Z</v></c></row>` +
			`<row><c><v>2</v></c><c t="str"><f>A1&amp;"x"</f><v>from &lt;formula&gt;</v></c></row>` +
			`<row><c><v>3</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, content)
	}
	z.Close()
	out.Close()
	s, rows := read(t, path, Options{})
	if d := cmp.Diff([]string{"1||2024-02-29 00:00:00", "2|from <formula>|", "3||"}, rows); d != "" || s.Errors != 1 {
		t.Error(d, s.Errors)
	}
	if strings.Join(s.Header, " ") != "id name day" {
		t.Error(s.Header)
	}
}
