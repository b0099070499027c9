package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestVolume judges made-up machines by the files Linux shows.
func TestVolume(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("sys/dev/block/8:1/size", "1\n")
	write("sys/dev/block/253:0/dm/uuid", "CRYPT-LUKS2-0123-luks\n")
	write("sys/dev/block/253:1/dm/uuid", "LVM-abc\n")
	write("sys/dev/block/253:1/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-luks\n")
	write("sys/dev/block/253:2/dm/uuid", "LVM-abc\n")
	write("sys/dev/block/253:2/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-luks\n")
	write("sys/dev/block/253:2/slaves/sdb1/size", "1\n")
	write("sys/class/block/nvme0n1p2/size", "1\n")
	write("dev/nvme0n1p2", "")
	write("proc/self/mountinfo", "36 35 0:40 / /data rw - btrfs /dev/nvme0n1p2 rw\n"+
		"37 35 0:41 / /home/x rw shared:5 - fuse.gocryptfs /home/.x rw\n38 35 0:42 / /t rw - tmpfs tmpfs rw\n39 35 0:43 / /o rw - overlay overlay rw\n")
	v := volumes{root: root}
	for _, c := range []struct {
		major, minor uint32
		want         volume
	}{
		{8, 1, volumePlain}, {253, 0, volumeEncrypted}, {253, 1, volumeEncrypted}, {253, 2, volumePlain},
		{0, 40, volumePlain}, {0, 41, volumeEncrypted}, {0, 42, volumePlain}, {0, 43, volumeUnknown}, {0, 99, volumeUnknown},
	} {
		if got := v.device(c.major, c.minor); got != c.want {
			t.Errorf("%d:%d: %v, want %v", c.major, c.minor, got, c.want)
		}
	}
}
