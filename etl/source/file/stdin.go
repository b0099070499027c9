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

// spooled fetches what r has to say.
func (s *Source) spooled(r io.Reader) Fetch {
	return func(ctx context.Context) (*Fetched, error) {
		dir, err := os.MkdirTemp(s.spool, "input-*")
		if err != nil {
			return nil, err
		}
		name := "standard-input"
		if s.options.format != "" {
			name += "." + s.options.format
		}
		path := filepath.Join(dir, name)
		n, err := spool(ctx, path, r)
		if err == nil && n == 0 {
			err = errors.New("nothing came from standard input: pipe the file into verso, such as: zcat orders.csv.gz | verso refresh")
		}
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		return &Fetched{Path: path, Shown: "standard input", Done: func() { os.RemoveAll(dir) }}, nil
	}
}

// spool copies r into a file until it ends or the context does. A read that
// blocks is left to itself then.
func spool(ctx context.Context, path string, r io.Reader) (n int64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	type end struct {
		n   int64
		err error
	}
	ended := make(chan end, 1)
	go func() {
		n, err := io.Copy(f, &until{ctx, r})
		ended <- end{n, errors.Join(err, f.Close())}
	}()
	select {
	case e := <-ended:
		if ctx.Err() != nil {
			return e.n, ctx.Err()
		}
		if e.err != nil {
			e.err = fmt.Errorf("standard input: %w", landing.Explain(e.err, path))
		}
		return e.n, e.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// until is a reader that ends with a context.
type until struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u *until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
