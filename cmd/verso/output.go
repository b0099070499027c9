package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/export"
	"verso/olap/export/workbook"
)

// registerOutput adds the flags of every command that prints rows.
func registerOutput(cmd *cobra.Command, format, out *string) {
	cmd.Flags().StringVar(format, "format", "table", "table, csv, json, parquet, arrow or xlsx")
	cmd.Flags().StringVarP(out, "out", "o", "", "file to write instead of the standard output; CSV holds texts as they are, also those a spreadsheet takes for formulas")
}

// writeTable writes a cube answer in the format asked for.
func (a *app) writeTable(table *olap.Table, format, out, lang string) error {
	return a.output(out, format, func(w io.Writer) error {
		switch format {
		case "csv":
			return export.WriteCSV(w, table)
		case "json":
			return export.WriteJSON(w, table)
		case "parquet":
			return export.WriteParquet(w, table)
		case "arrow":
			return export.WriteArrow(w, table)
		case "xlsx", "pivot":
			return workbook.Write(w, table, workbook.Options{Lang: lang, Pivot: format == "pivot"})
		}
		o := a.textOptions()
		o.Lang = lang
		return export.WriteText(w, table, o)
	})
}

// writeRows writes the result of SQL in the format asked for and releases it.
func (a *app) writeRows(ctx context.Context, r array.RecordReader, format, out string) error {
	return a.output(out, format, func(w io.Writer) error {
		switch format {
		case "csv":
			return export.WriteRowsCSV(ctx, w, r)
		case "json":
			return export.WriteRowsJSON(ctx, w, r)
		case "parquet":
			return export.WriteRowsParquet(ctx, w, r)
		case "arrow":
			return export.WriteRowsArrow(ctx, w, r)
		case "xlsx":
			return workbook.WriteRows(ctx, w, r, workbook.Options{})
		}
		return export.WriteRowsText(ctx, w, r, a.textOptions())
	})
}

// output calls write with the standard output or with a file, which appears
// under its name only when it is whole.
func (a *app) output(path, format string, write func(io.Writer) error) error {
	if path == "" {
		if a.binaryOnScreen(format) {
			return binaryRefused(format)
		}
		return write(a.stdout)
	}
	temporary := path + ".tmp"
	f, err := os.Create(temporary)
	if err != nil {
		return fmt.Errorf("--out %s cannot be written: %w", path, errors.Unwrap(err))
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return os.Rename(temporary, path)
}

// binaryFormats are not for terminals.
var binaryFormats = []string{"parquet", "arrow", "xlsx", "pivot"}

func (a *app) binaryOnScreen(format string) bool {
	return slices.Contains(binaryFormats, format) && isTerminal(a.stdout)
}

// binaryRefused says what to do with a format that is no text.
func binaryRefused(format string) error {
	return usagef("verso", "%s is no text: name a file with --out, or redirect the output", format)
}

// checkFormat refuses unknown output formats before anything is asked. The
// format pivot is a workbook with a PivotTable, which only answers of cubes have.
func checkFormat(cmd *cobra.Command, format string, more ...string) error {
	known := append([]string{"table", "csv", "json", "parquet", "arrow", "xlsx"}, more...)
	if slices.Contains(known, format) {
		return nil
	}
	return usagef(cmd.CommandPath(), "unknown format %q: %s", format, cube.OrList(known))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// textOptions fit tables to the terminal.
func (a *app) textOptions() export.TextOptions {
	var o export.TextOptions
	if f, ok := a.stdout.(*os.File); ok && isTerminal(f) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			o.Width = width
		}
		_, plain := a.env("NO_COLOR")
		o.Color = !plain
	}
	return o
}

// counted is a number of things in words, such as 1 question or 2 questions.
func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(int64(n)) + " " + one + "s"
}
