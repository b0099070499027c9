package replay_test

import (
	"path/filepath"
	"strings"
	"testing"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/demo/replay"
)

// TestFolderConfig loads what Config writes, and holds the ways of finding
// changes against the tables: what has no key cannot be told by a time stamp.
func TestFolderConfig(t *testing.T) {
	for _, mode := range []string{replay.ModeSnapshot, replay.ModeDelta} {
		f := &replay.Folder{Dir: "d", Mode: mode, Format: "csv", Scale: .05, Seed: 1}
		cfg, err := config.Parse(f.Config(true), "verso.yaml", filepath.Join(t.TempDir(), "verso.yaml"), func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		if len(cfg.Tables) != len(replay.Tables()) || cfg.AsOf != "latest" {
			t.Errorf("%s: %d tables of %d, as of %s", mode, len(cfg.Tables), len(replay.Tables()), cfg.AsOf)
		}
		text := string(f.Config(true))
		for _, name := range replay.Tables() {
			way := f.Incremental(name)
			keyed := false
			if c, ok := canon.Lookup(name); ok {
				keyed = len(c.Key) > 0
			}
			if mode == replay.ModeSnapshot && (way != "") != keyed || mode == replay.ModeDelta && way != "{by: files}" {
				t.Errorf("%s: %s is read by %q", mode, name, way)
			}
			if way != "" && !strings.Contains(text, "    - from: "+name+"\n      incremental: "+way+"\n") {
				t.Errorf("%s: the configuration lacks incremental: %s of %s", mode, way, name)
			}
		}
	}
	if _, err := replay.OpenFolder(filepath.Join(t.TempDir(), "nosuch")); err == nil || !strings.Contains(err.Error(), "no nights are prepared there") {
		t.Error(err)
	}
}
