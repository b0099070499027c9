package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"verso/etl/config"
	"verso/etl/source/landing"
)

// NewInput is New for a file that is read from r, whatever the path: what comes
// is spooled once, before it is looked at, and stays until Close.
func NewInput(name string, s config.Source, spool string, r io.Reader) (*Source, error) {
	made, err := New(name, s, spool)
	if err != nil {
		return nil, err
	}
	f := made.(*Source)
	f.fetch = f.spooled(r)
	return f, nil
}

// spooled fetches what r has to say. It can be heard only once: what a landing
// that was cancelled did not wait for is there for the next.
func (s *Source) spooled(r io.Reader) Fetch {
	type end struct {
		n   int64
		err error
	}
	var dir, path string
	var ended chan end
	var last *end
	return func(ctx context.Context) (*Fetched, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if ended == nil {
			var err error
			if dir, err = os.MkdirTemp(s.spool, "input-*"); err != nil {
				return nil, err
			}
			if path = filepath.Join(dir, "standard-input"); s.options.format != "" {
				path += "." + s.options.format
			}
			f, err := os.Create(path)
			if err != nil {
				return nil, err
			}
			ended = make(chan end, 1)
			go func() {
				n, err := io.Copy(f, r)
				ended <- end{n, errors.Join(err, f.Close())}
			}()
		}
		if last == nil {
			select {
			case e := <-ended:
				last = &e
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if last.err != nil {
			return nil, fmt.Errorf("standard input: %w", landing.Explain(last.err, path))
		}
		if last.n == 0 {
			return nil, errors.New("nothing came from standard input: pipe the file into verso, such as: zcat orders.csv.gz | verso refresh")
		}
		return &Fetched{Path: path, Shown: "standard input", Done: func() { os.RemoveAll(dir) }}, nil
	}
}
