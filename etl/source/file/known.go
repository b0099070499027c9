package file

import (
	"context"
	"errors"
	"os"

	"verso/etl/source"
	"verso/olap/engine"
)

// fresh inspects the files of the path that are not known, or not as they were.
// There may be none.
func (s *Source) fresh(ctx context.Context, conn engine.Conn, known map[string]source.KnownFile) ([]*input, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.bring(ctx); err != nil {
		return nil, s.unreadable(err)
	}
	paths, err := expand(s.path)
	if err != nil {
		return nil, s.unreadable(err)
	}
	shown := ""
	if s.fetched != nil {
		shown = s.fetched.Shown
	}
	var inputs []*input
	for _, p := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		same, err := unchanged(p, known)
		if err != nil {
			return nil, s.unreadable(err)
		}
		if same {
			continue
		}
		in, err := inspect(p, shown, s.options)
		if errors.Is(err, errEmpty) {
			continue // looked at again when it has grown
		}
		if err != nil {
			return nil, s.unreadable(err)
		}
		parts, err := s.tables(ctx, conn, in)
		if err != nil {
			return nil, s.unreadable(err)
		}
		inputs = append(inputs, parts...)
	}
	if len(inputs) == 0 {
		s.inputs = nil
		return nil, nil
	}
	if err := agree(inputs); err != nil {
		return nil, s.unreadable(err)
	}
	s.inputs = inputs
	return inputs, nil
}

// unchanged reports whether a file is as it was when it was read. One whose time
// alone is another is compared by content.
func unchanged(path string, known map[string]source.KnownFile) (bool, error) {
	before, ok := known[path]
	if !ok {
		return false, nil
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != before.Bytes {
		return false, err
	}
	if info.ModTime().Equal(before.Modified) {
		return true, nil
	}
	sum, err := checksum(path)
	return sum == before.SHA256, err
}
