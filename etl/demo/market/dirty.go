package market

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"verso/etl/demo/calendar"
	"verso/etl/demo/sheet"
)

// The files that come in another encoding when the data are dirty.
const (
	FileGBK = "customer_contact"
	FileBOM = "employee"
)

// DirtyEvery is how many lines pass between two rounds of dirty lines.
const DirtyEvery = 1500

// Note records a planted case.
func (s *Shard) Note(file sheet.TableID, key, kind, text string) {
	s.Sheet(sheet.TTruthDirty).Str(s.W.Tables[file].Name).Str(key).Str(kind).Str(text).End()
}

// Round is the place of the line about to be written in its round of dirty
// cases, -1 when the data are clean.
func (s *Shard) Round() int {
	if !s.W.O.Dirty {
		return -1
	}
	return s.LineNo % DirtyEvery
}

// FullWidth writes digits in their full-width forms.
func FullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// dirtyRate leaves out the rates of one week-long stretch of one currency.
func (s *Shard) dirtyRate(ccy int, on calendar.Day) bool {
	from := s.W.Cal.MonthStart(s.W.Cal.MonthIndex(s.W.Ep.MixFrom)+4) + 10
	if !s.W.O.Dirty || ccy != CUSD || on < from || on > from+13 {
		return false
	}
	s.Note(sheet.TFX, s.W.days.Name(on), "rate missing", "USD")
	return true
}

// dirtyISBN spoils the ISBN of some titles; goods without an ISBN have an EAN.
func (s *Shard) dirtyISBN(i int, isbn, old string) (string, string, string) {
	if !s.W.O.Dirty {
		return isbn, old, ""
	}
	key := strconv.Itoa(i + 1)
	switch i % 700 {
	case 11:
		s.Note(sheet.TTitle, key, "ISBN with hyphens", "")
		return isbn[:3] + "-" + isbn[3:4] + "-" + isbn[4:8] + "-" + isbn[8:12] + "-" + isbn[12:], old, ""
	case 22:
		ten := Isbn10(isbn)
		s.Note(sheet.TTitle, key, "ISBN-10 in the column of ISBN-13", ten)
		return ten, old, ""
	case 33:
		ten := Isbn10(isbn)
		s.Note(sheet.TTitle, key, "ISBN-10 without its check character", ten[:9])
		return ten[:9], old, ""
	case 44:
		wrong := isbn[:12] + string('0'+(isbn[12]-'0'+1)%10)
		s.Note(sheet.TTitle, key, "wrong check digit", wrong)
		return wrong, old, ""
	case 55:
		s.Note(sheet.TTitle, key, "EAN that is no ISBN", "")
		body := []byte("690" + isbn[3:12])
		ean := string(append(body, Check13(body)))
		return ean, "", ean
	case 66:
		s.Note(sheet.TTitle, key, "full-width digits", "")
		return FullWidth(isbn), old, ""
	}
	return isbn, old, ""
}

// WriteDirt writes the cases that are not a shard's: encodings, the export that
// came twice, a late payment.
func (w *World) WriteDirt(s *Shard) error {
	if !w.O.Dirty {
		return nil
	}
	s.Note(sheet.TContact, "", "file in GBK", "")
	s.Note(sheet.TEmployee, "", "file with a UTF-8 byte order mark", "")
	s.Note(sheet.TOrder, DuplicateFile, "export delivered twice", "the first rows of order_header again")
	id := int64(99_999_999)
	s.Note(sheet.TPayment, strconv.FormatInt(id, 10), "payment entered long after its date", "")
	s.Sheet(sheet.TPayment).Int(id).Int(1).Date(w.First + 30).Money(1_000_000).Str("CNY").Str("bank transfer").End()
	return nil
}

// DuplicateFile is the second delivery of the first orders.
const DuplicateFile = "order_header_again"

// WriteAgain delivers the first rows of order_header a second time, as a file
// of its own.
func (w *World) WriteAgain() error {
	dir := filepath.Join(w.O.Dir, "data")
	text, err := os.Open(filepath.Join(dir, "order_header.csv"))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer text.Close()
	var head strings.Builder
	lines := bufio.NewScanner(text)
	for n := 0; n <= 40 && lines.Scan(); n++ {
		head.WriteString(lines.Text() + "\n")
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("demo: order_header.csv: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, DuplicateFile+".csv"), []byte(head.String()), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
