package warehouse

import (
	"context"
	"errors"
	"io"
	"os"
)

// copyStep is how much is copied between two looks at the context.
const copyStep = 256 << 20

// BeginFrom starts a new generation as a copy of the published one, which stays
// as it is. Otherwise it is like Begin. Where the file system shares blocks
// between files the copy takes no time and no room; elsewhere the system copies
// it inside the kernel. Nothing is forced to the disk before Publish. Without a
// published generation the error is a *NoGenerationError.
func (w *Warehouse) BeginFrom(ctx context.Context, runID string) (*Draft, error) {
	current, err := w.readCurrent()
	if err != nil {
		return nil, err
	}
	return w.begin(ctx, runID, w.path(current))
}

// copyFile copies a file to a path that does not exist. An *os.File read through
// io.CopyN into another is copied by the system, with blocks shared where the
// file system can.
func copyFile(ctx context.Context, from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(out, in, copyStep)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}
