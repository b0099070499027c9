// Package xlsx reads the table of one sheet of an Excel workbook as text, row
// by row, without holding the sheet in memory. Dates come as ISO dates, numbers
// as plain text, booleans as true and false; cells with an error (#N/A, #REF!, …)
// are empty and counted.
//
// The sheet is read from its XML: the cell's type and style, which decide
// whether a number is a date, are not to be had from a streaming reader otherwise.
package xlsx

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Options say where the table is.
type Options struct {
	Sheet     string // name; "": the first
	HeaderRow int    // from 1; 0: detected
	// HeaderRows is how many rows the header takes from there, 0 and 1: one. With
	// more, a text above several columns (merged cells) counts for all of them, and
	// the texts of a column are joined by blanks.
	HeaderRows int
}

// Book is an open workbook.
type Book struct {
	zip     *zip.ReadCloser
	files   map[string]*zip.File
	sheets  []sheetRef
	strings []string
	dates   []bool // by style index: the number format shows a date or time
	date04  bool   // days count from 1904
}

type sheetRef struct{ name, file string }

// Open reads what all sheets share: their names, the styles and the strings.
func Open(file string) (*Book, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s is a damaged workbook: %w", file, err)
	}
	b := &Book{zip: z, files: map[string]*zip.File{}}
	for _, f := range z.File {
		b.files[strings.TrimPrefix(f.Name, "/")] = f
	}
	for _, read := range []func() error{b.readWorkbook, b.readStyles, b.readStrings} {
		if err := read(); err != nil {
			z.Close()
			return nil, fmt.Errorf("%s is a damaged workbook: %w", file, err)
		}
	}
	return b, nil
}

// Close closes the file.
func (b *Book) Close() error { return b.zip.Close() }

// Sheets lists the names of the sheets in their order.
func (b *Book) Sheets() []string {
	out := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		out[i] = s.name
	}
	return out
}

// part decodes one XML part; a missing one leaves v as it is.
func (b *Book) part(name string, v any) error {
	f := b.files[name]
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := xml.NewDecoder(r).Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

type relationships struct {
	Relationship []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	}
}

// related lists the parts a part points to, by relationship id, and the first of
// each type by the last word of the type.
func (b *Book) related(name string) (byID, byType map[string]string, err error) {
	dir, base := path.Split(name)
	var rels relationships
	if err := b.part(dir+"_rels/"+base+".rels", &rels); err != nil {
		return nil, nil, err
	}
	byID, byType = map[string]string{}, map[string]string{}
	for _, r := range rels.Relationship {
		target := r.Target
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		byID[r.ID] = target
		if kind := path.Base(r.Type); byType[kind] == "" {
			byType[kind] = target
		}
	}
	return byID, byType, nil
}

// workbook is the name of the main part.
func (b *Book) workbook() (string, error) {
	_, byType, err := b.related("")
	if err != nil {
		return "", err
	}
	if name := byType["officeDocument"]; name != "" {
		return name, nil
	}
	return "xl/workbook.xml", nil
}

func (b *Book) readWorkbook() error {
	name, err := b.workbook()
	if err != nil {
		return err
	}
	if b.files[name] == nil {
		return errors.New("it has no " + name)
	}
	var w struct {
		Pr struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets struct {
			Sheet []struct {
				Name string `xml:"name,attr"`
				ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
				IDs  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
			} `xml:"sheet"`
		} `xml:"sheets"`
	}
	if err := b.part(name, &w); err != nil {
		return err
	}
	byID, _, err := b.related(name)
	if err != nil {
		return err
	}
	b.date04 = w.Pr.Date1904 == "1" || w.Pr.Date1904 == "true"
	for _, s := range w.Sheets.Sheet {
		id := s.ID + s.IDs
		if b.files[byID[id]] != nil && !strings.Contains(byID[id], "chartsheets/") {
			b.sheets = append(b.sheets, sheetRef{name: s.Name, file: byID[id]})
		}
	}
	if len(b.sheets) == 0 {
		return errors.New("it has no sheet")
	}
	return nil
}

func (b *Book) readStyles() error {
	name, err := b.workbook()
	if err != nil {
		return err
	}
	_, byType, err := b.related(name)
	if err != nil {
		return err
	}
	var s struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.part(byType["styles"], &s); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range s.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range s.Cells {
		code, own := codes[c.Format]
		b.dates = append(b.dates, own && isDateFormat(code) || !own && isDateID(c.Format))
	}
	return nil
}

// isDateID tells the built-in date and time formats, those of East Asian Excel
// among them.
func isDateID(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// isDateFormat tells a number format with day, month, year, hour or second from
// one of numbers: what is quoted, escaped or in brackets (other than elapsed
// time) does not count.
func isDateFormat(code string) bool {
	code, _, _ = strings.Cut(strings.ToLower(code), ";")
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '\\', '_', '*':
			i++
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			if inner := code[i+1 : i+end]; inner != "" && strings.Trim(inner, "hms") == "" {
				return true
			}
			i += end
		case 'd', 'm', 'y', 'h', 's':
			return true
		case 'g': // General
			if strings.HasPrefix(code[i:], "general") {
				i += len("general") - 1
			}
		}
	}
	return false
}

// readStrings reads the shared strings: all runs of an entry joined, phonetic
// guides left out.
func (b *Book) readStrings() error {
	name, err := b.workbook()
	if err != nil {
		return err
	}
	_, byType, err := b.related(name)
	if err != nil {
		return err
	}
	f := b.files[byType["sharedStrings"]]
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	var text strings.Builder
	inText, phonetic := false, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "rPh":
				phonetic = true
			case "t":
				inText = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				b.strings = append(b.strings, unescape(text.String()))
			case "rPh":
				phonetic = false
			case "t":
				inText = false
			}
		case xml.CharData:
			if inText && !phonetic {
				text.Write(t)
			}
		}
	}
}
