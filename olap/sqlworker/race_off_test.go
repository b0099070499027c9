//go:build !race

package sqlworker

const raceDetector = false
