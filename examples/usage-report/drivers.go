package main

import (
	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// drivers are the systems that this program can open.
var drivers = provider.Drivers{keyhelp.Driver, hestia.Driver, hostkey.Driver, elizon.Driver, licenseserver.Driver}
