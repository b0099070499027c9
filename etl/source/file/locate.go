package file

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"verso/etl/source"
	"verso/etl/source/landing"
)

// Locate implements source.Locator: the files are read once more, up to the
// last row asked for.
func (s *Source) Locate(ctx context.Context, _ source.Request, rows []int64) ([]source.Position, error) {
	if !slices.IsSorted(rows) {
		return nil, errors.New("locate: the row numbers must ascend")
	}
	s.mu.Lock()
	inputs := s.inputs
	s.mu.Unlock()
	if inputs == nil {
		var err error
		if inputs, err = s.files(ctx, nil); err != nil {
			return nil, err
		}
	}
	for _, in := range inputs {
		if err := in.changed(); err != nil {
			return nil, s.unreadable(err)
		}
	}
	found := make([]source.Position, 0, len(rows))
	columns := names(columnsOf(inputs))
	var landed int64
	for _, in := range inputs {
		if len(found) == len(rows) {
			break
		}
		if in.format == "parquet" {
			for len(found) < len(rows) && rows[len(found)] < landed+in.counted {
				found = append(found, source.Position{File: in.name()})
			}
			landed += in.counted
			continue
		}
		err := s.walk(ctx, in, columns, nil, func(rec *record, _ func() [][]byte) error {
			if rec.kind == bad {
				return nil
			}
			for len(found) < len(rows) && rows[len(found)] == landed {
				found = append(found, source.Position{File: in.name(), Line: rec.line, Raw: landing.Printable(rec.raw)})
			}
			landed++
			if len(found) == len(rows) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			return nil, s.unreadable(err)
		}
	}
	if len(found) < len(rows) {
		k := sort.Search(len(rows), func(i int) bool { return rows[i] >= landed })
		return nil, fmt.Errorf("source %s: row %d was asked for, but the files hold %d rows", s.name, rows[k], landed)
	}
	return found, nil
}
