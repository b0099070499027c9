package demo

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files that come in another encoding when the data are dirty.
const (
	fileGBK = "customer_contact"
	fileBOM = "employee"
)

// dirtyEvery is how many lines pass between two rounds of dirty lines.
const dirtyEvery = 1500

// note records a planted case.
func (s *shard) note(file tableID, key, kind, text string) {
	s.sheet(tTruthDirty).str(s.w.tables[file].name).str(key).str(kind).str(text).end()
}

// round is the place of the line about to be written in its round of dirty
// cases, -1 when the data are clean.
func (s *shard) round() int {
	if !s.w.o.Dirty {
		return -1
	}
	return s.lineNo % dirtyEvery
}

// fullWidth writes digits in their full-width forms.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// dirtyRate leaves out the rates of one week-long stretch of one currency.
func (s *shard) dirtyRate(ccy int, on day) bool {
	from := s.w.cal.monthStart(s.w.cal.monthIndex(s.w.ep.mixFrom)+4) + 10
	if !s.w.o.Dirty || ccy != cUSD || on < from || on > from+13 {
		return false
	}
	s.note(tFX, s.w.days.name(on), "rate missing", "USD")
	return true
}

// dirtyISBN spoils the ISBN of some titles; goods without an ISBN have an EAN.
func (s *shard) dirtyISBN(i int, isbn, old string) (string, string, string) {
	if !s.w.o.Dirty {
		return isbn, old, ""
	}
	key := strconv.Itoa(i + 1)
	switch i % 700 {
	case 11:
		s.note(tTitle, key, "ISBN with hyphens", "")
		return isbn[:3] + "-" + isbn[3:4] + "-" + isbn[4:8] + "-" + isbn[8:12] + "-" + isbn[12:], old, ""
	case 22:
		ten := isbn10(isbn)
		s.note(tTitle, key, "ISBN-10 in the column of ISBN-13", ten)
		return ten, old, ""
	case 33:
		ten := isbn10(isbn)
		s.note(tTitle, key, "ISBN-10 without its check character", ten[:9])
		return ten[:9], old, ""
	case 44:
		wrong := isbn[:12] + string('0'+(isbn[12]-'0'+1)%10)
		s.note(tTitle, key, "wrong check digit", wrong)
		return wrong, old, ""
	case 55:
		s.note(tTitle, key, "EAN that is no ISBN", "")
		body := []byte("690" + isbn[3:12])
		ean := string(append(body, check13(body)))
		return ean, "", ean
	case 66:
		s.note(tTitle, key, "full-width digits", "")
		return fullWidth(isbn), old, ""
	}
	return isbn, old, ""
}

// writeDirt writes the cases that are not a shard's: encodings, the export that
// came twice, a late payment.
func (w *world) writeDirt(s *shard) error {
	if !w.o.Dirty {
		return nil
	}
	s.note(tContact, "", "file in GBK", "")
	s.note(tEmployee, "", "file with a UTF-8 byte order mark", "")
	s.note(tOrder, duplicateFile, "export delivered twice", "the first rows of order_header again")
	id := int64(99_999_999)
	s.note(tPayment, strconv.FormatInt(id, 10), "payment entered long after its date", "")
	s.sheet(tPayment).int(id).int(1).date(w.first + 30).money(1_000_000).str("CNY").str("bank transfer").end()
	return nil
}

// duplicateFile is the second delivery of the first orders.
const duplicateFile = "order_header_again"

// writeAgain delivers the first rows of order_header a second time, as a file
// of its own.
func (w *world) writeAgain() error {
	dir := filepath.Join(w.o.Dir, "data")
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
	if err := os.WriteFile(filepath.Join(dir, duplicateFile+".csv"), []byte(head.String()), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
