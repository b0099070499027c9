// Package pdf prints HTML files with an installed chromium.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrNoBrowser says that no chromium is installed, and what to do.
var ErrNoBrowser = errors.New("no chromium is found to print with: install it (Debian: apt-get install chromium), or name it in VERSO_CHROMIUM")

// names are the programs that are looked for, in this order.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Browser is the chromium to print with: the one named, else the first installed.
func Browser(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("VERSO_CHROMIUM: %w", err)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// Print prints an HTML file into a PDF file. The file appears only when it is
// whole. Nothing is asked of the network.
func Print(ctx context.Context, browser, html, out string) (err error) {
	out, err = filepath.Abs(out)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(out), ".verso-pdf-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	made := filepath.Join(work, "out.pdf")
	args := []string{"--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + filepath.Join(work, "profile"), "--no-pdf-header-footer", "--generate-pdf-document-outline", "--print-to-pdf=" + made}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // chromium refuses its sandbox to root; it reads a file of ours without scripts
	}
	cmd := exec.CommandContext(ctx, browser, append(args, "file://"+html)...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("print with %s: %w\n%s", browser, err, strings.TrimSpace(said.String()))
	}
	head := make([]byte, 5)
	f, err := os.Open(made)
	if err != nil {
		return fmt.Errorf("print with %s: it wrote no file: %w\n%s", browser, err, strings.TrimSpace(said.String()))
	}
	n, err := f.Read(head)
	if err := errors.Join(err, f.Close()); err != nil || string(head[:n]) != "%PDF-" {
		return fmt.Errorf("print with %s: what it wrote is no PDF\n%s", browser, strings.TrimSpace(said.String()))
	}
	return os.Rename(made, out)
}
