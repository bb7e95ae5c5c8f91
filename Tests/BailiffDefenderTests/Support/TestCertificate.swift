/// A self-signed RSA certificate, valid from 2020-01-02T03:04:05Z to 2099, with its key in two forms, and keys that do
/// not fit: for tests, worthless elsewhere.
enum TestCertificate {
    static let thumbprint = "2eee63e99a5232a56696a63f6f403c7512daa584902ccbbd0c87ee41c896a26d"

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIICpDCCAYwCAQIwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMYmFpbGlmZiB0
        ZXN0MCAXDTIwMDEwMjAzMDQwNVoYDzIwOTkxMjMxMjM1OTU5WjAXMRUwEwYDVQQD
        DAxiYWlsaWZmIHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCj
        9sS06pINDxVNGw3YC1upxAh26cjyBp/d0+6jrg172Vo2/UNb45c8xV6MYPPbydNW
        FMKMb0SG31cymM6E1bnDdt60TvjpiHRGJq83PdSbyWu7AXdRXJMHwK4T/GHRR6JC
        JhNUZpiO3rOKlLe97ddgS0AST0EfQGNN9SHZ8PY5gwNXH2EPClzGeH5AQ/G/Bv2V
        mWfwbj4jLpIdVyoecoRdPeSE8OxaKf6MPlDAlKBulGYUD0Y1LxCGyW0mvsRc6PPG
        h96WtkKV2iT8M8I20REJp+jSNaUkrKTZ8ILNif+hcFH1eh+gYARwSQzuHEa6uQGR
        4fkkwLk/cMf1vbchUzMBAgMBAAEwDQYJKoZIhvcNAQELBQADggEBADN/ut2Cs54T
        QPsx4HAAkX/xZFaohdZ5T90JK58mZ+FA7lNIdnZHlEfOPMdvvzqpP8Ade5LBwOud
        SULau5j19fHt8t3s1FZPtcFOm8If82qb04pbhIuRCiRFSOgJlDQpDKUkgu7zXsBi
        aZMzrt4S1JDb46hO6ic3XcqguUhSjldoCT9XRdVi27ceVFvB6EvvmsswsIVluNP4
        2Jw+a+HdV6rxKXJzmWVt7GhUwveB03FJAewvkuyIlclfSIGRyU0mgE/m0aor4ZWG
        e9ge0uy18MtHxp9vXfnr+mLqP+q3BNbwd2qBa/aUGpAl+UvjDOY65ZTPBz3fY6BM
        BqTRA7ULVak=
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCj9sS06pINDxVN
        Gw3YC1upxAh26cjyBp/d0+6jrg172Vo2/UNb45c8xV6MYPPbydNWFMKMb0SG31cy
        mM6E1bnDdt60TvjpiHRGJq83PdSbyWu7AXdRXJMHwK4T/GHRR6JCJhNUZpiO3rOK
        lLe97ddgS0AST0EfQGNN9SHZ8PY5gwNXH2EPClzGeH5AQ/G/Bv2VmWfwbj4jLpId
        VyoecoRdPeSE8OxaKf6MPlDAlKBulGYUD0Y1LxCGyW0mvsRc6PPGh96WtkKV2iT8
        M8I20REJp+jSNaUkrKTZ8ILNif+hcFH1eh+gYARwSQzuHEa6uQGR4fkkwLk/cMf1
        vbchUzMBAgMBAAECggEATbqT6QJUx50RZ5K+Pt+vjizxKFJPITFzwykPtgeyu7Y/
        9tacgqjDjxsv5dOmd1jX97RywDmVXmztfP6E1OMvI9Mr44WWqbs3B/SZ1tHYgxv7
        FtWsl2UQDLpSrAXW52wSp1I+kqHqi7xWmAlFi+P/WNaDospwoFyZVyEw8Y0yZPOM
        zgVtiGO6y6/GGWec5ch7d1t9P58dL2M5l8U0F9n1YnzCfb6AKvEpfi5guIBZL6zk
        E53KqMwdyFn2aiLPdHH9IUTnSmfFyX1XkS9TK7H2WJwf2rzvGkI0QWdRpaejJrg8
        POkfsgBybtgLCBtYu66V8e77YwSQo6q7spJRj1lt2wKBgQDaoA2rEyypgCuEoghQ
        pjRxTtbSvbAFHtk86wZKVdh36vw/5yfvEWJMkNk+z6cY4QKrPrH3uZkDsE1HjvrD
        A19Nqm5K0sXU3ivaYP713bq9NfTRXlkdVgjOUefFT7fXxy5aV3sbA9m1G6CIesh1
        c4E6QuH8p+PkLiutXJSTmKqJAwKBgQC//oLNbo78zssYmTaOHxXyq5mOQVZEIvhI
        zLp4E4jarZLu+ySMGzC5oUB4LZsHz3AjUaObVL/ZrDZj4InIHRUTKpCQerDA5Y4f
        YCoYiaTC4yQs+vfPUsz3lrvCSH6NMyqrXlLlD1qn2V2QhleFyumzY3oB953FeLwY
        x2T3onU6qwKBgH2u/ayXvVlEYcBCFl2m7wckt8M3YXXQIjsvMdKSP3vRD2r9TKvX
        Zpd1vi6p2fongQ1JYa50eE7yj7rPq8FosuVHUViaiziw8Kz+jhRyf+Q+nJuwjbKb
        vzw9Qezgw2O9EhzFpfQF5qaDV2qei5dZ67S+toQ1UIHhOSLU0mV3orJZAoGAAnI4
        smtdMQVlewvAsTDeM7hR/YkBk16qsSrCmXMORFL/00Gp5osWJNdUHfPezMuszxZk
        Mj9zLk/OZZlfyAfu086wBtc5V0vVcrrj7moaik0gkd4kuCSC7giincgUrLHhMkvC
        XJ7Ede0EDypXBSJfteRnkozYGsL+CobH14vfWH8CgYEAth6pYhQj7d60oOQcvang
        2n9kYl0ZKX/rW9g/G+zHkdb/KqZxz2NF9QqQkBPpZtWsN4Mv4qy85h0GR88zi4BS
        NZsLG14dNOznXAd9z4/2ZsRssA7fuQMWBSmaethayWPfwTTyQ/y+omm7EVBwhxcF
        rgWLNCUGtJXNCi2cam7ha2U=
        -----END PRIVATE KEY-----
        """

    static let keyInPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAo/bEtOqSDQ8VTRsN2AtbqcQIdunI8gaf3dPuo64Ne9laNv1D
        W+OXPMVejGDz28nTVhTCjG9Eht9XMpjOhNW5w3betE746Yh0RiavNz3Um8lruwF3
        UVyTB8CuE/xh0UeiQiYTVGaYjt6zipS3ve3XYEtAEk9BH0BjTfUh2fD2OYMDVx9h
        Dwpcxnh+QEPxvwb9lZln8G4+Iy6SHVcqHnKEXT3khPDsWin+jD5QwJSgbpRmFA9G
        NS8QhsltJr7EXOjzxofelrZCldok/DPCNtERCafo0jWlJKyk2fCCzYn/oXBR9Xof
        oGAEcEkM7hxGurkBkeH5JMC5P3DH9b23IVMzAQIDAQABAoIBAE26k+kCVMedEWeS
        vj7fr44s8ShSTyExc8MpD7YHsru2P/bWnIKow48bL+XTpndY1/e0csA5lV5s7Xz+
        hNTjLyPTK+OFlqm7Nwf0mdbR2IMb+xbVrJdlEAy6UqwF1udsEqdSPpKh6ou8VpgJ
        RYvj/1jWg6LKcKBcmVchMPGNMmTzjM4FbYhjusuvxhlnnOXIe3dbfT+fHS9jOZfF
        NBfZ9WJ8wn2+gCrxKX4uYLiAWS+s5BOdyqjMHchZ9moiz3Rx/SFE50pnxcl9V5Ev
        Uyux9licH9q87xpCNEFnUaWnoya4PDzpH7IAcm7YCwgbWLuulfHu+2MEkKOqu7KS
        UY9ZbdsCgYEA2qANqxMsqYArhKIIUKY0cU7W0r2wBR7ZPOsGSlXYd+r8P+cn7xFi
        TJDZPs+nGOECqz6x97mZA7BNR476wwNfTapuStLF1N4r2mD+9d26vTX00V5ZHVYI
        zlHnxU+318cuWld7GwPZtRugiHrIdXOBOkLh/Kfj5C4rrVyUk5iqiQMCgYEAv/6C
        zW6O/M7LGJk2jh8V8quZjkFWRCL4SMy6eBOI2q2S7vskjBswuaFAeC2bB89wI1Gj
        m1S/2aw2Y+CJyB0VEyqQkHqwwOWOH2AqGImkwuMkLPr3z1LM95a7wkh+jTMqq15S
        5Q9ap9ldkIZXhcrps2N6AfedxXi8GMdk96J1OqsCgYB9rv2sl71ZRGHAQhZdpu8H
        JLfDN2F10CI7LzHSkj970Q9q/Uyr12aXdb4uqdn6J4ENSWGudHhO8o+6z6vBaLLl
        R1FYmos4sPCs/o4Ucn/kPpybsI2ym788PUHs4MNjvRIcxaX0Beamg1dqnouXWeu0
        vraENVCB4Tki1NJld6KyWQKBgAJyOLJrXTEFZXsLwLEw3jO4Uf2JAZNeqrEqwplz
        DkRS/9NBqeaLFiTXVB3z3szLrM8WZDI/cy5PzmWZX8gH7tPOsAbXOVdL1XK64+5q
        GopNIJHeJLgkgu4Iop3IFKyx4TJLwlyexHXtBA8qVwUiX7XkZ5KM2BrC/gqGx9eL
        31h/AoGBALYeqWIUI+3etKDkHL2p4Np/ZGJdGSl/61vYPxvsx5HW/yqmcc9jRfUK
        kJAT6WbVrDeDL+KsvOYdBkfPM4uAUjWbCxteHTTs51wHfc+P9mbEbLAO37kDFgUp
        mnrYWslj38E08kP8vqJpuxFQcIcXBa4FizQlBrSVzQotnGpu4Wtl
        -----END RSA PRIVATE KEY-----
        """

    static let otherKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEugIBADANBgkqhkiG9w0BAQEFAASCBKQwggSgAgEAAoIBAQCv7FNsNBfM8U8a
        qaeEq1uTewxF4QHzgMrTFoctCc6ivwwAaYZRcs7KL2cHgTwpIytefsJ9ysRY7veq
        p0sEGHXUoOQkyMUy+785xLsSPN/CsMyvuqOvvCAOZv9WNn4fYIE2fSlBbjjoSAj+
        oTQmk3CS6bYTMNDsU9BzVFDVAPaP/jlbEe8esVYSeSWuj0kRbBlP2tMq5PhdvCKC
        npLtcFy0aItpsVz1RHK0qJWNJhU9d33ZaNavsWxQcD8Ubgl80/0oTfMuJ8vYUtdr
        JgfjSd+fHd7A7TDmYnnmGOuA2kmjgdi89eGD1iK7Q2t3tvZPQgmPdTQ/3l9ZRFY0
        U1S8d2NFAgMBAAECgf8eBgx/3sWezM0OucD7rIwrUBfCBgxJGtyO1KTbu6YUjhio
        7Si8N7EfPiiOGT0xTjbhvv1mPZAskS5R97UMonVhPBQtiEb64FFm/lbu5FxYCHLm
        ZjcDOryfVxk8r7rKb1J5eiwEHSb6rkRgzv2v4NtbpQ1ny1Sfq0yxJSZ1ra5OXnCg
        iQacaYgTeR9YQxTXR92BspkXnb5K1lVmzBEUyowy8Z54ib4HKWHrvdQJ+Eu3lGIn
        /k+/sLqU16YO6C37P24F5gefM8EPhky0YNPWywYiAycEQUEY7eHYpVda9CkrCOao
        p6ANwyAaZNH2HHGvw0SUlfn1eunSECPVnv8QyuECgYEA6LmxSFT7U1CioIOnDLgt
        EB2qOg2QqDBwaNZWousz8s+e+wKqrK5T4QYJpkY1Hl119hTx053N4LgOih0XXLHf
        D8+8ehlCTsKepwYpp7W1pxIFJ7qBNdjrI0bOhNpqEaqUAYDL76OPQ7lzP7hhWTtI
        tE3yWn6H+seFzkDLkWF9VNECgYEAwYRdhfu9RGUtG8ntaV1m+6dtgjXiLmTEXFZG
        T08Z5bIyAcP+4flgj82zy99aJX3S5zSD5XhHJY5Wl9VAWtttAc06P8NRxuFKAQNn
        MQGf58poYKN+n0iotG63YBYhlJcaW5yEW2EBmebqJpjQYL1h0D7hYloTeqngzXg1
        d5+8lDUCgYBHgQZfWvz9VEEjYE/rMItn8DVlMNXJV1iyXWixFeMYL4KBTQhzlfxf
        nyNH2zpm4gBkY3sJseqXqPWOqfGLoXsPuJwIR8p/uHxWhSY3STVO59J9qmgYy1Uz
        uYWqfBEq7GYdMB14u6BBBrHKWjRO3lAwVeKou0e8XaFXBcGGIZYIgQKBgA9Xu0KA
        LwVZMDZf0B7mdN/G6nvEYeZjvt3DSVfIYblAY46YR4ELEIjWOkcTskX+r9X85+gt
        nRZxLpRjJ/MMKpxV9SRRDA7EleV2q5vLES6DcbsXu1ZNoHKNxKQtnQP25vQUeLn1
        +vaExFPDEeJZoYOtOJlfouO6zEP+H98YHw9xAoGAaqpUOorT1q++Dawo0793cznv
        SnD6TSN/IuCfdjo2V6KJYVe0WzEfnrfNQiQvTVy576IIoPngqLGSNTKR3x2FfrBD
        e00XcnGnKjBqskX8ioQwOuJHpE+qPzhPVY3MEFtNQvbvcpGCLc8fZQNTD1z6rb58
        emb8VEs3OP/0HQVrHJs=
        -----END PRIVATE KEY-----
        """

    static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQIe6JO+A9YMgkCAggA
        MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBD7NLubrZKrxaDbBZUiKmgPBIIE
        0MOorNulzKMKLIe+SANWHBqjT4QNceSMjiIsMEqmkzW6/0DN7sZjCM8FbVnqq0rb
        UJJ0fYj7rf5IxIa4ZVSNhxuxQGmzBvGfpj9yP34krVw2y6epp4FDTCpBLqPFXsLx
        QSbXbFeegDa2YsWJIKwcWTaPLDTNVi2/K6pQqldjxVFBXbUb54D+NiKFJ/mP5cuD
        ZGSVOUdBl+B1BHPmx7WnjQUslkmiCeGmomuxG2YEWR0XQoeaXIHP90HJT2cwFQ74
        jHkRuYl5Uwsrac0ha3xGQds8Y6rR4jbsfOjxkEYpiX3Bq9Zp9UAPUSo01o9HJr1g
        VAdKcd7FgFRmAqdj2ljy9Y7NO8bb0sk1YGgv8kEVHxPakPskxSvNUVdVnde17Kum
        f1qWPPuo1R/+5i11oQzVljo0wICaWfut9muFHXcTyKkIXsbSVZvb3OZO4k0AuuZe
        QgudPqneM614zx7+LuDKsAG9bxLiJKkSYlE39RwWVoE3jD4FZnjAz+tOpZtHRVEf
        oCePhe5VxxxRnQMt0F3FT+rIMKxkDb+PCcWgJ2rlrD7WKB89kuiMMfT8ZBdGj4Yd
        rLSUyd6oGabEmO1P6my1+Zu5FnFUOtd+kTVQDVwkdcT+poFSVb93chSnfo9cNDwG
        6Hu+2CiKlS3Qb9eZ02kgAqRwzu9sBV0/Fa1+sxa/YIfbAxHxQzEkytqXGNrEzGBa
        dFQiqJvLRT/bEzhElOxwjoWKgSH9v08rtZoD35nBVK6wk9ZKr6qy0pMBt4D2VDTH
        zrERds6LbFA4V58NAatX0kxORQt+CY+asff1qggutjELRwwilsvh0YiM+v6VTJ7E
        hvjbkVk0tCh8GvagfOLPE3HvuTdcN7vk2FDucqmj+l1QHtgPzan+Tmi6b7sl6BlE
        ufvq/Ou5cwjzj2bf910Esq7T9FjRCw/in/fYN5NB9UAiKRKsy5ZGN4bSqb7yqPGG
        1oKVQ3rIM+2JbDDVUgkhsVGgh8i9SJKfRLyl254f21UXtNPF3IfBYdCvmVXOHuCX
        HHiZo5YbO0J4RrN7b9vXnlshPMV6RPb3Os+OjVrN6+leaDwLaeyQjWtLRevfRfrp
        DP11ZToamEAYMXjXwUBlD3wVYDTMj8bDYm0l31X09wpYOGBSEmxJ+uP0ALpPwZxV
        d/zaoIFp3FnQ5uTXKqX+9srKVAXzK74Ol9YTMsdULthBRc4gmQGnq50YIZ2ihGv6
        yFmZn+lveLFzrhrAIfMVAzovLSpJU2O2kDGON2SyYw/FpZag84OnIlE67EZIxVu0
        DbuzaPCf69o/zlHW9qrjPAo+bAIgi0JDeBHuB9OlP2/WZGjNsH5k/mdVNEAn+HQq
        5kWu/sak2e3L1wngsExsR6zikfwyQ+IMDns8XezRbzFoZ9JapyanBBXKr9/STDD7
        5my4ThMgpLQ2waB9wuT7/a24L7+qGpUY0Mcig0rBG+qE5RqRNclYyaOTHiSP87E/
        yWoCvakzXW3cYXbrExovziGS840AY1yzNg14xfIX7o/xtufSUzCtRMUsX191LPXM
        x42QhkOZETb+v9xirqSO2/WOOENWukTePNtTYAed1WyeRPQmdNW0PrqCGFqrtvDu
        4bwXT2rN68lryJzM+KsxKk+UbZ/L2MycXtolC3e6jjj4
        -----END ENCRYPTED PRIVATE KEY-----
        """

    static let ecKey = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIEz8oHW1sKYLd57ahoRF9qv3eYV0xF+M5QLPkGEAfFPzoAoGCCqGSM49
        AwEHoUQDQgAEyCT94ZJi2RbaJ5uXov3JWwOXuz2UGs5z2pB++Yr+a+C/X1vEteOo
        LjbJNelvprGbMA8pWXumW/YEy7AlBk8oCg==
        -----END EC PRIVATE KEY-----
        """

    static let ecCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBVTCB/KADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
        dDAgFw0yMDAxMDEwMDAwMDBaGA8yMDk5MTIzMTIzNTk1OVowFDESMBAGA1UEAwwJ
        bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfepHZiuypVUSm/aI
        5NfKlKMycEmhQU3FM/eHZlKKDGAp41L2TL/PwRYUcS5TCeOLXdy0Q3YN89ROGoGh
        LZxi5aM9MDswGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBRS
        sp3SSJAO2kZ94kqfrx0OTRjnijAKBggqhkjOPQQDAgNIADBFAiEA2oyIGysd+vIA
        36OEeOOqcQoJWB1g0s7zIo7TYIGIW60CIFYLMToMT4lccNouXOQogETThDVXDiKP
        900FLWa1FtXq
        -----END CERTIFICATE-----
        """
}
