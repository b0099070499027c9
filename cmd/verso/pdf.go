package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"verso/reports/pdf"
)

// printPDF prints what write puts into a folder (it returns the file to print), and
// says so.
func (a *app) printPDF(ctx context.Context, out string, write func(dir string) (string, error)) error {
	if err := a.writePDF(ctx, out, write); err != nil {
		return err
	}
	size, err := os.Stat(out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "printed %s, %.1f MB\n", out, float64(size.Size())/1e6)
	return err
}

// writePDF prints what write puts into a folder.
func (a *app) writePDF(ctx context.Context, out string, write func(dir string) (string, error)) (err error) {
	named, _ := a.env("VERSO_CHROMIUM")
	browser, err := pdf.Browser(named)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "verso-print-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file, err := write(dir)
	if err != nil {
		return err
	}
	return pdf.Print(ctx, browser, file, out)
}
