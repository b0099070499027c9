package main

import (
	"verso/etl/config"
	"verso/models"
	"verso/models/rfm"
)

// modelOptions carries the configuration's choices to the models.
func modelOptions(cfg *config.Config) models.Options {
	o := models.Options{Months: cfg.Models.Months}
	if r := cfg.Models.RFM; r.Mode == "fixed" {
		o.RFM.Fixed = &rfm.Breaks{Recency: [4]float64(r.Recency), Frequency: [4]float64(r.Frequency), Monetary: [4]float64(r.Monetary)}
	}
	return o
}
