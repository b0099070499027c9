package xlsx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sheet reads the rows of a table.
type Sheet struct {
	Name      string
	HeaderRow int      // from 1
	Header    []string // as they stand; blank names at the end are cut off
	Errors    int64    // cells with an error so far
	Beyond    int64    // filled cells to the right of the header so far

	book *Book
	file io.ReadCloser
	xml  *xml.Decoder
	row  int // number of the row last read
	next []Cells
}

// Cells is one row: its number from 1 and the texts of its cells.
type Cells struct {
	Row    int
	Texts  []string
	Errors int64 // cells with an error
}

// filled is the number of cells with text.
func (c Cells) filled() int {
	n := 0
	for _, t := range c.Texts {
		if strings.TrimSpace(t) != "" {
			n++
		}
	}
	return n
}

// Sheet opens a sheet and finds its header.
func (b *Book) Sheet(o Options) (*Sheet, error) {
	ref := b.sheets[0]
	if o.Sheet != "" {
		i := slices.IndexFunc(b.sheets, func(s sheetRef) bool { return s.name == o.Sheet })
		if i < 0 {
			i = slices.IndexFunc(b.sheets, func(s sheetRef) bool {
				return strings.EqualFold(strings.TrimSpace(s.name), strings.TrimSpace(o.Sheet))
			})
		}
		if i < 0 {
			return nil, fmt.Errorf("there is no sheet %q: the workbook has %s", o.Sheet, strings.Join(b.Sheets(), ", "))
		}
		ref = b.sheets[i]
	}
	f, err := b.files[ref.file].Open()
	if err != nil {
		return nil, err
	}
	s := &Sheet{Name: ref.name, book: b, file: f, xml: xml.NewDecoder(f)}
	if err := s.header(o.HeaderRow, max(1, o.HeaderRows)); err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// Close ends reading.
func (s *Sheet) Close() error { return s.file.Close() }

// header finds the row with the names: the given one, or of the first rows the
// first that has at least as many filled cells, all of them text, as two
// thirds of the widest row. With several rows it is the given or the first one
// and those below.
func (s *Sheet) header(row, rows int) error {
	var head []Cells
	for len(head) < 50 {
		c, err := s.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row > 0 && c.Row < row {
			continue
		}
		head = append(head, c)
		if row > 0 && len(head) == rows {
			break
		}
	}
	if len(head) == 0 || row > 0 && head[0].Row != row {
		if row > 0 {
			return fmt.Errorf("sheet %s has nothing in row %d, where xlsx.header_row says the header is", s.Name, row)
		}
		return fmt.Errorf("sheet %s is empty", s.Name)
	}
	at := 0
	if row == 0 && rows == 1 {
		widest := 0
		for _, c := range head {
			widest = max(widest, c.filled())
		}
		for i, c := range head {
			if 3*c.filled() >= 2*widest && names(c.Texts) {
				at = i
				break
			}
		}
	}
	last := at
	for last+1 < len(head) && head[last+1].Row < head[at].Row+rows {
		last++
	}
	s.HeaderRow, s.Header = head[at].Row, joined(head[at:last+1])
	for len(s.Header) > 0 && strings.TrimSpace(s.Header[len(s.Header)-1]) == "" {
		s.Header = s.Header[:len(s.Header)-1]
	}
	if len(s.Header) == 0 {
		return fmt.Errorf("sheet %s has no names in row %d", s.Name, s.HeaderRow)
	}
	s.next = head[last+1:]
	return nil
}

// joined is the header that stands in several rows. What stands above several
// columns stands in the first of them only.
func joined(rows []Cells) []string {
	if len(rows) == 1 {
		return rows[0].Texts
	}
	width := 0
	for _, r := range rows {
		width = max(width, len(r.Texts))
	}
	header := make([]string, width)
	for i, r := range rows {
		above := ""
		for k := range header {
			text := ""
			if k < len(r.Texts) {
				text = strings.TrimSpace(r.Texts[k])
			}
			if i < len(rows)-1 { // the lowest row names single columns
				if text == "" && k < len(rows[len(rows)-1].Texts) && strings.TrimSpace(rows[len(rows)-1].Texts[k]) != "" {
					text = above
				}
				above = text
			}
			header[k] = strings.TrimSpace(header[k] + " " + text)
		}
	}
	return header
}

// names says that no filled cell is a number or a date.
func names(texts []string) bool {
	for _, t := range texts {
		if _, err := strconv.ParseFloat(t, 64); err == nil {
			return false
		}
		if len(t) >= 10 {
			if _, err := time.Parse(time.DateOnly, t[:10]); err == nil {
				return false
			}
		}
	}
	return true
}

// Next returns the next row that has any text, as wide as the header, or io.EOF.
func (s *Sheet) Next() (Cells, error) {
	for {
		var c Cells
		if len(s.next) > 0 {
			c, s.next = s.next[0], s.next[1:]
		} else {
			var err error
			if c, err = s.read(); err != nil {
				return c, err
			}
		}
		s.Errors += c.Errors
		if c.filled() == 0 {
			continue
		}
		for len(c.Texts) < len(s.Header) {
			c.Texts = append(c.Texts, "")
		}
		for _, t := range c.Texts[len(s.Header):] {
			if t != "" {
				s.Beyond++
			}
		}
		c.Texts = c.Texts[:len(s.Header)]
		return c, nil
	}
}

// read reads the next row element that has a cell.
func (s *Sheet) read() (Cells, error) {
	for {
		token, err := s.xml.RawToken()
		if err != nil {
			return Cells{}, s.broken(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			if end, ok := token.(xml.EndElement); ok && end.Name.Local == "sheetData" {
				return Cells{}, io.EOF
			}
			continue
		}
		s.row++
		if n, err := strconv.Atoi(attr(start, "r")); err == nil {
			s.row = n
		}
		c := Cells{Row: s.row}
		if err := s.cells(&c); err != nil {
			return c, err
		}
		if len(c.Texts) > 0 || c.Errors > 0 {
			return c, nil
		}
	}
}

func (s *Sheet) broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return fmt.Errorf("sheet %s is damaged after row %d: %w", s.Name, s.row, err)
}

// cells reads the cells of a row up to its end.
func (s *Sheet) cells(c *Cells) error {
	column := 0
	for {
		token, err := s.xml.RawToken()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return s.broken(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if n := columnOf(attr(t, "r")); n >= 0 {
				column = n
			}
			kind := attr(t, "t")
			text, err := s.cell(kind, attr(t, "s"))
			if err != nil {
				return err
			}
			if kind == "e" {
				c.Errors++
			}
			if text != "" && column < 16384 {
				for len(c.Texts) < column {
					c.Texts = append(c.Texts, "")
				}
				c.Texts = append(c.Texts[:column], text)
			}
			column++
		}
	}
}

// cell reads one cell up to its end and returns its text.
func (s *Sheet) cell(kind, style string) (string, error) {
	var value, inline strings.Builder
	inside, phonetic := "", false
	for {
		token, err := s.xml.RawToken()
		if err != nil {
			return "", s.broken(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v", "t", "f":
				inside = t.Name.Local
			case "rPh":
				phonetic = true
			}
		case xml.CharData:
			switch {
			case inside == "v":
				value.Write(t)
			case inside == "t" && !phonetic:
				inline.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "c":
				return s.text(kind, style, value.String(), inline.String()), nil
			case "rPh":
				phonetic = false
			}
			inside = ""
		}
	}
}

// text is a cell's value by its type.
func (s *Sheet) text(kind, style, value, inline string) string {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(s.book.strings) {
			return ""
		}
		return s.book.strings[i]
	case "inlineStr":
		return unescape(inline)
	case "str":
		return unescape(value)
	case "b":
		if value == "1" || value == "true" {
			return "true"
		}
		if value == "" {
			return ""
		}
		return "false"
	case "e":
		return ""
	case "d":
		return strings.Replace(strings.TrimSuffix(value, "Z"), "T", " ", 1)
	}
	if value == "" {
		return ""
	}
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(s.book.dates) && s.book.dates[n] {
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			return Date(f, s.book.date04)
		}
	}
	return number(value)
}

// number is the plain, shortest text of a number: Excel writes 0.1+0.2 with 17
// digits but shows and means 15.
func number(value string) string {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) {
		return value
	}
	plain := strings.Trim(value, "0123456789") == ""
	if plain {
		return value
	}
	if g, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = g
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// Date is the ISO text of an Excel serial: a date, a date and time, or, below
// one day, a time. Excel's 1900 system has a 29 February 1900 that never was.
func Date(serial float64, date04 bool) string {
	if serial < 0 || serial > 2958466 || math.IsNaN(serial) {
		return strconv.FormatFloat(serial, 'f', -1, 64)
	}
	days, part := math.Modf(serial)
	micros := int64(math.Round(part * 86400e3)) // milliseconds, as Excel rounds
	if micros == 86400e3 {
		days, micros = days+1, 0
	}
	clock := time.Duration(micros) * time.Millisecond
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date04:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		base = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	t := base.AddDate(0, 0, int(days)).Add(clock)
	switch {
	case days == 0 && !date04 && serial > 0:
		return t.Format("15:04:05.999")
	case micros == 0:
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04:05.999")
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// columnOf is the column of a reference such as BC12, from 0; -1 for none.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref); i++ {
		c := ref[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// unescape undoes _x000D_ and the like, which stand for characters XML cannot
// hold, and drops the NUL.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || i+7 > len(s) {
			break
		}
		code, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
		if err != nil || s[i+6] != '_' {
			b.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		if code != 0 {
			b.WriteRune(rune(code))
		}
		s = s[i+7:]
	}
	return b.String() + s
}
