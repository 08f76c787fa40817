#pragma once
// Nothing to call: startup.c runs by itself, before the constructors of the libraries.
