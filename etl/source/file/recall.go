package file

import (
	"context"
	"fmt"

	"verso/etl/source"
	"verso/olap/engine"
)

// Recall implements source.Locator: the files that were landed are inspected
// again and must be what they were, byte for byte.
func (s *Source) Recall(ctx context.Context, conn engine.Conn, landed []source.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.path == "-" && s.fetch != nil {
		return fmt.Errorf("source %s: standard input cannot be read twice", s.name)
	}
	if err := s.bring(ctx); err != nil {
		return s.unreadable(err)
	}
	var inputs []*input
	var last string
	for _, f := range landed {
		path, shown := f.Path, ""
		if s.fetched != nil {
			path, shown = s.fetched.Path, s.fetched.Shown
		}
		if path == last {
			continue // another sheet of the same workbook
		}
		last = path
		in, err := inspect(path, shown, s.options)
		if err != nil {
			return s.unreadable(err)
		}
		parts, err := s.tables(ctx, conn, in)
		if err != nil {
			return s.unreadable(err)
		}
		inputs = append(inputs, parts...)
	}
	if len(inputs) != len(landed) {
		return fmt.Errorf("source %s: %d tables were read, there are %d now", s.name, len(landed), len(inputs))
	}
	for i, in := range inputs {
		if err := in.same(landed[i]); err != nil {
			return fmt.Errorf("source %s: %w", s.name, err)
		}
	}
	s.inputs = inputs
	return nil
}

// same reports whether an input is what was landed.
func (in *input) same(landed source.File) error {
	if in.name() != landed.Path || in.format != landed.Format || in.encoding != landed.Encoding {
		return fmt.Errorf("%s was read as %s %s, now it would be read as %s %s", landed.Path, landed.Format, landed.Encoding, in.format, in.encoding)
	}
	sum, err := checksum(in.path)
	if err == nil && (sum != landed.SHA256 || in.size != landed.Bytes) {
		err = fmt.Errorf("%s has changed since it was read", landed.Path)
	}
	return err
}
