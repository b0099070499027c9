package file

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strings"

	"verso/etl/source/xlsx"
)

// describeXLSX finds the header of the sheet.
func (in *input) describeXLSX(o xlsx.Options) (err error) {
	_, sheet, done, err := in.openSheet(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	in.columns, in.notes = uniqueNames(sheet.Header)
	in.sheet = fmt.Sprintf("sheet %q header row %d", sheet.Name, sheet.HeaderRow)
	return nil
}

// sheets are the inputs that a workbook is, one for every wanted sheet, in the
// order they are wanted and then that of the workbook.
func (in *input) sheets(wanted []string) ([]*input, error) {
	if in.format != "xlsx" || len(wanted) == 0 {
		return []*input{in}, nil
	}
	book, err := xlsx.Open(in.path)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	var parts []*input
	seen := map[string]bool{}
	for _, pattern := range wanted {
		found := false
		for _, name := range book.Sheets() {
			match, err := path.Match(pattern, name)
			if err != nil {
				return nil, fmt.Errorf("xlsx.sheets: the pattern %s is malformed: a [ needs its ]", pattern)
			}
			if !match && name != pattern {
				continue
			}
			if found = true; !seen[name] {
				part := *in
				part.only, seen[name] = name, true
				parts = append(parts, &part)
			}
		}
		if !found {
			return nil, fmt.Errorf("%s has no sheet %q: it has %s", in.name(), pattern, strings.Join(book.Sheets(), ", "))
		}
	}
	return parts, nil
}

func (in *input) openSheet(o xlsx.Options) (*xlsx.Book, *xlsx.Sheet, func() error, error) {
	if in.only != "" {
		o.Sheet = in.only
	}
	book, err := xlsx.Open(in.path)
	if err != nil {
		return nil, nil, nil, err
	}
	sheet, err := book.Sheet(o)
	if err != nil {
		book.Close()
		return nil, nil, nil, fmt.Errorf("%s: %w", in.name(), err)
	}
	return book, sheet, func() error { return errors.Join(sheet.Close(), book.Close()) }, nil
}

// walkXLSX calls fn with every row of the sheet that has text.
func (in *input) walkXLSX(ctx context.Context, columns []string, o xlsx.Options, sum hash.Hash, fn visit) (err error) {
	_, sheet, done, err := in.openSheet(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if sum != nil {
		if err := hashFile(in.path, sum); err != nil {
			return err
		}
	}
	order := reorder(in.columns, columns)
	if order == nil {
		order = make([]int, len(columns))
		for i := range order {
			order[i] = i
		}
	}
	values := make([][]byte, len(columns))
	for number := int64(0); ; number++ {
		cells, err := sheet.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", in.name(), err)
		}
		if number&0xfff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rec := &record{raw: []byte(strings.Join(cells.Texts, "\t")), line: int64(cells.Row), number: number, kind: odd}
		if err := fn(rec, func() [][]byte {
			for i, from := range order {
				if values[i] = nil; from < 0 {
					continue
				}
				values[i] = []byte(strings.ReplaceAll(cells.Texts[from], "\x00", ""))
			}
			return values
		}); err != nil {
			return err
		}
	}
	in.noteSheet(sheet, sum != nil)
	return nil
}

// noteSheet reports, once a landing, what a whole reading of the sheet showed.
func (in *input) noteSheet(sheet *xlsx.Sheet, landing bool) {
	if !landing {
		return
	}
	in.late = nil
	if sheet.Errors > 0 {
		in.late = append(in.late, fmt.Sprintf("%d cells with an error such as #N/A are empty", sheet.Errors))
	}
	if sheet.Beyond > 0 {
		in.late = append(in.late, fmt.Sprintf("%d filled cells right of the header were left out", sheet.Beyond))
	}
}

func hashFile(path string, sum hash.Hash) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(sum, f)
	return err
}
