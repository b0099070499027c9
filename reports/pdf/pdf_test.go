package pdf

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestPrint(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	browser, err := Browser("")
	if errors.Is(err, ErrNoBrowser) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	html, out := filepath.Join(dir, "a.html"), filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(html, []byte(`<!doctype html><meta charset="utf-8"><style>p{break-after:page}</style><p>一</p><p>二</p>end`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Print(t.Context(), browser, html, out); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("/Type /Page\n")); n != 3 {
		t.Errorf("%d pages, want 3", n)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".verso-pdf-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPrintThatCannot(t *testing.T) {
	dir := t.TempDir()
	if _, err := Browser(filepath.Join(dir, "none")); err == nil {
		t.Error("a browser that is not there is found")
	}
	t.Setenv("PATH", dir)
	if _, err := Browser(""); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("without any installed: %v", err)
	}
	out := filepath.Join(dir, "a.pdf")
	for name, script := range map[string]string{"fails": "#!/bin/sh\necho broken >&2\nexit 3\n", "writes-nothing": "#!/bin/sh\nexit 0\n"} {
		program := filepath.Join(dir, name)
		if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := Print(t.Context(), program, "/x.html", out); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a file is there", name)
		}
	}
}
